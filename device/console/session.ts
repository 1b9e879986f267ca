/** One technician's session on the console line: what is typed is answered in its order; Ctrl-C ends what is waiting. */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { printableLines } from '../kit/printable.ts';
import { createWorkBudget } from '../kit/work-budget.ts';
import { type Answered, answer, textOf } from './answer.ts';
import { type Dialogue, Refusal } from './command.ts';
import { commands } from './commands/commands.ts';
import { complete } from './completion.ts';
import type { ConsoleContext } from './context.ts';
import { wordsIn } from './language.ts';
import { createAudit } from './login/audit.ts';
import { createStanding } from './login/standing.ts';
import { jsonLine } from './script.ts';
import type { SessionControl } from './session-control.ts';
import { createAsking } from './terminal/asking.ts';
import { sayInPages } from './terminal/pager.ts';
import { openTerminal } from './terminal/terminal.ts';

/** Commands pasted while one is still running. */
const maxTypedAhead = 32;
/** So that a long list of commands leaves the processor to the taps. */
const commandsAtOnce = 8;
const commandsPerS = 10;
const usualIdleS = 600;

const tooMuch: Answered = {
  command: undefined,
  args: [],
  result: new Refusal('too-much', 'too much at once: it was dropped', '一次输入太多，已丢弃'),
};

export function startSession(wire: Duplex, context: ConsoleContext): void {
  const { device, line, console: settings } = context.config;
  const audit = createAudit(context.log, randomBytes(4).toString('hex'));
  const terminal = openTerminal(
    wire,
    {
      line: hear,
      interrupted: interrupt,
      complete: text => complete(text, commands, context),
      flooded() {
        context.flooded();
        void show(tooMuch);
        prompt();
      },
      stirred: () => standing.stirred(),
      closed,
    },
    settings?.telnet ?? false,
  );
  const asking = createAsking(terminal);
  const standing = createStanding({
    isOpen: context.login === undefined,
    audit,
    idleMs: (settings?.idleS ?? usualIdleS) * 1000,
    isBusy: () => answering && !asking.isOpen() && !isPaging,
    idle: sayIdle,
  });
  const budget = createWorkBudget(commandsAtOnce, commandsPerS);
  /** Lines, or that one was too much. */
  const typedAhead: (string | Answered)[] = [];
  let running: AbortController | undefined;
  let answering = false;
  let isClosed = false;
  /** The far end reads no more. */
  let isGone = false;
  let isPaging = false;
  let mode: SessionControl['mode'] = 'terminal';

  const session: SessionControl = {
    language: settings?.language ?? 'en',
    page: 'off',
    rows: terminal.rows,
    get mode() {
      return mode;
    },
    set mode(wanted) {
      mode = wanted;
      terminal.hide(wanted === 'script' ? 'all' : 'nothing');
    },
    who: standing.who,
    loggedIn: standing.loggedIn,
    loggedOut: () => standing.logOut('asked'),
    triedPin: audit.login,
    passage: terminal.passage,
    transferred: audit.transfer,
  };

  const dialogue: Dialogue = {
    session,
    say(en, zh) {
      if (mode === 'terminal') say(wordsIn(session.language)(en, zh));
    },
    async ask(question, hidden) {
      if (mode === 'script' || isClosed) return undefined;
      const pasted = typedAhead.shift();
      const line = typeof pasted === 'string' ? pasted : await asking.ask(question[session.language], hidden);
      if (hidden !== undefined && line !== undefined) terminal.forget(line);
      return line;
    },
  };

  function say(text: string): void {
    terminal.say(printableLines(text));
  }

  function prompt(): void {
    if (!isClosed && mode === 'terminal' && !asking.isOpen()) terminal.prompt(`${device}> `);
  }

  function hear(text: string): void {
    if (asking.isOpen()) {
      asking.reply(text);
      return;
    }
    if (typedAhead.length < maxTypedAhead) typedAhead.push(text);
    else if (mode === 'script') typedAhead.push(tooMuch);
    if (!answering) void answerAll();
  }

  async function answerAll(): Promise<void> {
    answering = true;
    while (typedAhead.length > 0 && !isGone) {
      const [next] = typedAhead;
      const isFree = typeof next !== 'string' || next.trim() === '';
      if (isFree || budget.take()) await answerNext();
      else await delay(budget.waitMs());
    }
    answering = false;
    if (isClosed) terminal.end();
  }

  async function answerNext(): Promise<void> {
    const next = typedAhead.shift() ?? '';
    if (typeof next !== 'string') await show(next);
    else if (next.trim() !== '') {
      running = new AbortController();
      const wasScript = mode === 'script';
      const answered = await answer(next, commands, context, dialogue, running.signal, standing.refuses);
      audit.command(answered, standing.who());
      await show(answered, wasScript);
      running = undefined;
    }
    prompt();
  }

  /** @param wasScript the command has ended script mode, and is still answered as a script wants it */
  async function show(answered: Answered, wasScript = false): Promise<void> {
    if (mode === 'script' || wasScript) return terminal.say(jsonLine(answered, session.language));
    const text = printableLines(textOf(answered, session.language));
    if (text === '') return;
    isPaging = true;
    if (session.page === 'off') terminal.say(text);
    else await sayInPages(text, session.page, terminal);
    isPaging = false;
  }

  function sayIdle(): void {
    typedAhead.length = 0;
    asking.reply(undefined);
    terminal.noMoreKeys();
    if (mode === 'script') return;
    dialogue.say('logged out: nothing was typed for some time', '长时间无输入，已退出登录');
    if (!answering) prompt();
  }

  /** @returns whether something was running */
  function interrupt(): boolean {
    typedAhead.length = 0;
    asking.reply(undefined);
    running?.abort();
    return running !== undefined;
  }

  // What was typed before the far end stopped sending is still answered.
  function closed(gone: boolean): void {
    isClosed = true;
    isGone ||= gone;
    running?.abort();
    asking.reply(undefined);
    standing.logOut('hung-up');
    if (!answering) terminal.end();
  }

  say(`${device}, line ${line}. Type help. / 输入 help 查看命令。`);
  prompt();
}
