/** Han characters that have two numbers: phones and old systems write one, input methods the other. */
import iconv from 'iconv-lite';

/** U+E815 to U+E864 stand for what GB 18030 has at FE50 to FEA0: Unicode had no number for these characters yet. */
const firstPrivate = 0xe815;
const lastPrivate = 0xe864;

/** What the libraries' tables still leave in the private area (GB 18030-2022, annex D). */
const later: Readonly<Record<number, number>> = {
  59414: 0x20087,
  59415: 0x20089,
  59416: 0x200cc,
  59422: 0x9fb4,
  59430: 0x9fb5,
  59435: 0x9fb6,
  59436: 0x9fb7,
  59441: 0x215d7,
  59442: 0x9fb8,
  59451: 0x2298f,
  59459: 0x9fb9,
  59476: 0x9fba,
  59477: 0x241fe,
  59492: 0x9fbb,
};

/** Radicals that look like a whole character, and it (Unicode, EquivalentUnifiedIdeograph.txt). NFKC knows the others. */
const radicals =
  '⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗㣺⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪疋⺫目' +
  '⺬示⺭礻⺮竹⺯糹⺰纟⺱罓⺲罒⺶羊⺷羊⺸羋⺹耂⺺肀⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门' +
  '⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀';

/** The radicals and the private area. */
const candidates = /[\u2e80-\u2eff\ue815-\ue864]/u;

let standard: ReadonlyMap<string, string> | undefined;

/** @returns the text with the number that Unicode has for each such character today */
export function standardHan(text: string): string {
  if (!candidates.test(text)) return text;
  // Made only now: for this table the library loads all its encodings.
  standard ??= new Map([...privateCharacters(), ...pairsOf(radicals)]);
  const once = replaced(text, standard);
  // What GB 18030 has there may be a radical.
  return once === text ? text : replaced(once, standard);
}

function replaced(text: string, by: ReadonlyMap<string, string>): string {
  return [...text].map(character => by.get(character) ?? character).join('');
}

function* privateCharacters(): Generator<[string, string]> {
  for (let code = firstPrivate; code <= lastPrivate; code++) {
    const trail = 0x50 + code - firstPrivate;
    const bytes = Buffer.from([0xfe, trail < 0x7f ? trail : trail + 1]);
    const now = later[code];
    yield [
      String.fromCodePoint(code),
      now === undefined ? iconv.decode(bytes, 'gb18030') : String.fromCodePoint(now),
    ];
  }
}

function* pairsOf(text: string): Generator<[string, string]> {
  const characters = [...text];
  for (let i = 0; i + 1 < characters.length; i += 2) yield [characters[i] ?? '', characters[i + 1] ?? ''];
}
