import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { FileProblems } from '../../../device/kit/yaml-file.ts';
import { readPolicy } from '../../../device/settings/policy-file.ts';
import { findTarget } from '../../../sync/cache/targets.ts';
import { policyTarget } from '../../../sync/feed/index-file.ts';
import { tokenOf } from '../../../sync/fleet-keys.ts';
import { readCrewCards, takenCrewCards, withCrewCards } from '../../../sync/publisher/crew-cards.ts';
import { currentKey, startEpoch } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../../sync/publisher/feed-places.ts';
import { publishTable } from '../../../sync/publisher/publish-table.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { account, edition, makeSmallFeed, type SmallFeed } from './small-feed.ts';

const conductor = account(900);
const driver = '1000567117375253';

function publish({ dir }: SmallFeed, texts: { crewCards?: string; policy?: string } = {}) {
  const file = (name: string, text: string | undefined) => {
    if (text === undefined) return undefined;
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const people = file('table.csv', `medium,account,person,status\nt-union,${account(1)},wang,green\n`) ?? '';
  const crewCardsFile = file('crew.csv', texts.crewCards);
  const policyFile = file('new-policy.yaml', texts.policy);
  return publishTable(dir, people, { ...edition(), crewCardsFile, policyFile });
}

suite('the crew’s cards in the feed', test => {
  test('are tokens of the epoch in the policy that validators get, and no accounts', async context => {
    const feed = await makeSmallFeed(context);
    const client = feed.client();
    const onTheBus = async () => {
      await client.sync();
      return readFileSync(findTarget(client.directory, policyTarget) ?? '', 'utf8');
    };
    const cardsIn = (text: string) => {
      const path = join(temporaryDirectory(context), 'policy.yaml');
      writeFileSync(path, text);
      return readPolicy(path).crewCheck.cards;
    };
    const tokens = () => [
      toHex(tokenOf(currentKey(feed.dir), 't-union', conductor)),
      toHex(tokenOf(currentKey(feed.dir), 'bmac', driver)),
    ];
    await publish(feed);
    assert.equal(cardsIn(await onTheBus()), []);
    await publish(feed, { crewCards: `卡种;卡号\nT-Union;${conductor}\nbmac;${driver}\n` });
    const first = await onTheBus();
    assert.equal(cardsIn(first), tokens());
    assert.not.match(first, new RegExp(`${conductor}|${driver}`));
    startEpoch(feed.dir, Date.now());
    await publish(feed);
    assert.equal(cardsIn(await onTheBus()), tokens(), 'of the next epoch, though nobody gave them again');
    assert.not.equal(tokens(), cardsIn(first));
    await publish(feed, { crewCards: 'medium,account\n' });
    assert.equal(cardsIn(await onTheBus()), []);
  });

  test('stand after those that the policy names by itself, each once; the rest of the policy stays', async context => {
    const feed = await makeSmallFeed(context);
    await publish(feed, { crewCards: `medium,account\nbmac,${driver}\nbmac,${driver}\n` });
    const key = currentKey(feed.dir);
    const own = '0123456789012345';
    const policy = `lines: [2] # as announced\ncrewCheck:\n  windowS: 45\n  cards: ["${own}"]\n`;
    const text = withCrewCards(policy, takenCrewCards(feed.dir), key);
    assert.match(text, /# as announced/);
    assert.match(text, /windowS: 45/);
    const listed = [...text.matchAll(/- "?([0-9a-f]{16})"?/g), ...text.matchAll(/"([0-9a-f]{16})"/g)];
    const token = toHex(tokenOf(key, 'bmac', driver));
    assert.equal([...new Set(listed.map(([, card]) => card))].toSorted(), [own, token].toSorted());
    assert.match(withCrewCards('lines: []\n', takenCrewCards(feed.dir), key), /crewCheck:\s+cards:/);
  });

  test('what cannot be used is refused with its line, and the last ones stay', async context => {
    const feed = await makeSmallFeed(context);
    await publish(feed, { crewCards: `medium,account\nbmac,${driver}\n` });
    const before = readFileSync(feedPlaces(feed.dir).crewCards, 'utf8');
    for (const [wrong, problem] of [
      ['account\n1000567117375253\n', /crew\.csv/],
      [`medium,account\nbmac,${driver}\nbmac,12\n`, /crew\.csv.*line 3.*16 digits/s],
      ['medium,account\nmetro,1\n', /line 2/],
      ['medium,account\nt-union,3.10511E+18\n', /spreadsheet/],
      [
        Array.from({ length: 1002 }, (_, i) => (i === 0 ? 'medium,account' : `t-union,${account(i)}`)).join(
          '\n',
        ),
        /1000/,
      ],
    ] as const) {
      const error = await publish(feed, { crewCards: wrong }).then(
        () => undefined,
        thrown => thrown,
      );
      assert.ok(error instanceof WrongUsage, String(error));
      assert.match(messageOf(error), problem);
    }
    assert.is(readFileSync(feedPlaces(feed.dir).crewCards, 'utf8'), before);
    assert.throws(() => readCrewCards(join(feed.dir, 'nowhere.csv')), /nowhere/);
  });

  test('with a policy that has no room for them nothing is published', async context => {
    const feed = await makeSmallFeed(context);
    await publish(feed);
    const pilot = readFileSync(feedPlaces(feed.dir).policy, 'utf8');
    const policy = `${pilot}${'# a word on each line\n'.repeat(900)}`;
    const crewCards = ['medium,account', ...Array.from({ length: 1000 }, (_, i) => `t-union,${account(i)}`)];
    const error = await publish(feed, { policy, crewCards: crewCards.join('\n') }).then(
      () => undefined,
      thrown => thrown,
    );
    assert.ok(error instanceof FileProblems, String(error));
    assert.match(error.message, /32768 bytes/);
    await publish(feed);
    await publish(feed, { policy: pilot, crewCards: crewCards.join('\n') });
  });
});
