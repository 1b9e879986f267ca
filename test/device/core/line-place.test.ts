import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { rideFare } from '../../../device/core/fare/ride.ts';
import { nextStop, placeByCrew, placeByPosition } from '../../../device/core/line-place.ts';
import { pilotPolicy } from '../../../device/core/policy.ts';
import type { Stop } from '../../../device/core/stop.ts';
import { suite } from '../../harness.ts';
import { createBus, moved, pilotLines, twoSided } from './driven-line.ts';

const ids = (stops: readonly Stop[]) => stops.map(({ id }) => id);
const turnMs = 95_000;

suite('place on a line', test => {
  for (const name of pilotLines) {
    test(`line ${name}: out, a pause, and back: each platform is that of the direction`, async () => {
      const line = await twoSided(name);
      const bus = createBus(line);
      assert.equal(bus.drives(line.out), ids(line.out));
      assert.is(bus.sees(line.out.at(-1)?.position), line.out.at(-1)?.id);
      assert.is(bus.sees(line.out.at(-1)?.position, turnMs), line.back[0]?.id, 'who gets on rides back');
      assert.equal(bus.drives(line.back), ids(line.back));
      assert.is(bus.sees(line.back.at(-1)?.position, turnMs), line.out[0]?.id);
      assert.equal(bus.drives(line.out), ids(line.out));
    });
  }

  test('jitter, missed stops and a way that begins anywhere: wrong at the first stop alone', async () => {
    const lines = await Promise.all(pilotLines.map(twoSided));
    fc.assert(
      fc.property(
        fc.constantFrom(...lines),
        fc.boolean(),
        fc.double({ min: 0, max: 0.7, noNaN: true }),
        fc.infiniteStream(fc.tuple(fc.integer({ min: -12, max: 12 }), fc.integer({ min: -12, max: 12 }))),
        (line, isBack, begins, stream) => {
          const way = isBack ? line.back : line.out;
          const stops = way.slice(Math.floor(begins * way.length));
          const told = createBus(line).drives(stops, () => stream.next().value ?? [0, 0]);
          const rest = told.slice(told.indexOf(stops[1]?.id));
          assert.equal(rest, ids(stops.slice(1)), `${line.route.line}: ${told.join(' ')}`);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a stop that the receiver missed, two of them, and one that it made up', async () => {
    const line = await twoSided('6');
    const [a, b, , d, , , g, h] = line.out;
    const far = line.out[12];
    assert.ok(a && b && d && g && h && far);
    const bus = createBus(line);
    bus.drives([a, b]);
    assert.is(bus.sees(undefined), undefined);
    assert.is(bus.sees(d.position), d.id);
    assert.is(bus.sees(g.position), g.id);
    assert.is(bus.sees(far.position), far.id);
    assert.is(bus.sees(h.position), h.id, 'not the platform opposite, though the bus came from further on');
    assert.is(bus.sees(a.position), line.back.at(-1)?.id, 'but it is believed where that is the only way');
  });

  test('a bus that turns round on its way is on the other side at the next stop', async () => {
    const line = await twoSided('15');
    const bus = createBus(line);
    bus.drives(line.out.slice(0, 5));
    const home = line.back.slice(-4);
    assert.equal(bus.drives(home).slice(-4), ids(home));
  });

  test('before the bus has passed a stop: the nearest platform, but none where nobody can get on', async () => {
    const line = await twoSided('24');
    const middle = line.back[5];
    const [start] = line.out;
    const end = line.back.at(-1);
    assert.ok(middle && start && end);
    assert.is(createBus(line).sees(middle.position), middle.id);
    assert.is(createBus(line).sees(end.position), start.id);
  });

  test('a platform of the wrong direction never costs more than the right one', async () => {
    const payer = { kind: 't-union', cardKind: 'ordinary' } as const;
    const table = pilotPolicy.fare;
    for (const name of pilotLines) {
      const { route, out, back } = await twoSided(name);
      const fare = (on: string | undefined, off: string | undefined) =>
        rideFare({ route, table, payer, on: { stop: on, at: 0 }, off: { stop: off, at: 0 } }).fareFen;
      for (const [i, on] of out.entries())
        for (const [j, off] of out.entries()) {
          if (j <= i) continue;
          const right = fare(on.id, off.id);
          const [onOpposite, offOpposite] = [back[back.length - 1 - i]?.id, back[back.length - 1 - j]?.id];
          for (const wrong of [fare(onOpposite, off.id), fare(on.id, offOpposite), fare(undefined, off.id)])
            assert.ok(wrong <= right, `${name}: ${on.id} ${off.id}`);
        }
    }
  });

  test('platforms on both sides of a crossing are a pair by their name', async () => {
    const line = await twoSided('38');
    const shifted = (stop: Stop) => ({ ...stop, position: moved(stop.position, 0, 160) });
    const far = { ...line, stops: [...line.out, ...line.back.map(shifted)] };
    assert.equal(createBus(far).drives(line.out.slice(2, 9)).slice(1), ids(line.out.slice(3, 9)));
  });

  test('stops that follow each other closely are never a pair', async () => {
    const { stops, route } = await twoSided('2');
    const [first, second] = stops;
    assert.ok(first && second);
    const near = { ...second, name: first.name, position: moved(first.position, 80, 0) };
    const bus = createBus({ stops: [first, near, ...stops.slice(2)], route });
    assert.equal([bus.sees(first.position), bus.sees(near.position)], [first.id, near.id]);
  });

  test('without ways, or on stops of both directions, it is the nearest', async () => {
    const { stops } = await twoSided('10');
    const bus = createBus({ stops, route: undefined });
    assert.equal(
      stops.map(({ position }) => bus.sees(position)),
      ids(stops),
    );
  });
});

suite('doors', test => {
  test('while they are open the stop is that of their opening, whatever the receiver says', async () => {
    const line = await twoSided('2');
    const [a, b, c] = line.out;
    assert.ok(a && b && c);
    const bus = createBus(line);
    bus.drives([a, b]);
    bus.doors('open');
    assert.is(bus.sees(b.position), b.id);
    for (const position of [moved(b.position, 400, 0), c.position, undefined])
      assert.is(bus.sees(position), b.id);
    bus.doors('closed');
    assert.is(bus.sees(c.position), c.id);
  });

  test('open between stops, the nearest within 250 m is meant; closed it is none', async () => {
    const line = await twoSided('2');
    const [a, b] = line.out;
    assert.ok(a && b);
    const bus = createBus(line);
    bus.sees(a.position);
    const before = moved(b.position, -220, 0);
    assert.is(bus.sees(before), undefined);
    bus.doors('open');
    assert.is(bus.sees(before), b.id);
    bus.doors('closed');
    assert.is(bus.sees(before), undefined);
    bus.doors('open');
    assert.is(
      bus.sees(moved(b.position, -300, 0)),
      undefined,
      'nobody gets off there by a mistake of the receiver',
    );
  });

  test('a contact that is stuck open is believed for a minute of driving', async () => {
    const line = await twoSided('2');
    const [a, b, c] = line.out;
    assert.ok(a && b && c);
    const bus = createBus(line);
    bus.drives([a, b]);
    bus.doors('open');
    bus.sees(b.position);
    assert.is(bus.sees(c.position), b.id);
    assert.is(bus.sees(c.position, 61_000), c.id);
    bus.drives(line.out.slice(2));
    assert.is(bus.place.stop?.id, line.out.at(-1)?.id);
  });

  test('at the end of its way the next opening is the way back’s', async () => {
    const line = await twoSided('14');
    const end = line.out.at(-1);
    assert.ok(end);
    const bus = createBus(line);
    bus.doors('closed');
    bus.drives(line.out);
    bus.doors('open');
    assert.is(bus.sees(end.position), end.id);
    bus.doors('closed');
    assert.is(bus.sees(end.position), line.back[0]?.id);
    bus.doors('open');
    assert.is(bus.sees(end.position), line.back[0]?.id);
  });

  test('open for long at the end of its way, who gets on rides back', async () => {
    const line = await twoSided('14');
    const bus = createBus(line);
    bus.drives(line.out);
    bus.doors('open');
    assert.is(bus.sees(undefined), line.out.at(-1)?.id);
    assert.is(bus.sees(undefined, turnMs), line.back[0]?.id);
  });
});

suite('the crew’s stop', test => {
  test('it holds against a receiver that is wrong, until the bus is at another stop', async () => {
    const line = await twoSided('6');
    const [a, b, c, d] = line.out;
    assert.ok(a && b && c && d);
    const bus = createBus(line);
    bus.drives([a, b]);
    bus.set(placeByCrew(line, bus.place, c.id, bus.atMs));
    for (const position of [b.position, undefined, moved(b.position, 30, 0), b.position])
      assert.is(bus.sees(position), c.id);
    assert.is(bus.sees(c.position), c.id);
    assert.ok(bus.place.crew !== undefined);
    assert.is(bus.sees(d.position), d.id);
    assert.is(bus.place.crew, undefined);
  });

  test('once the receiver agrees, its word counts where the bus goes back', async () => {
    const line = await twoSided('6');
    const [a, b, c] = line.out;
    assert.ok(a && b && c);
    const bus = createBus(line);
    bus.drives([a, b]);
    bus.set(placeByCrew(line, bus.place, c.id, bus.atMs));
    bus.sees(c.position);
    assert.is(bus.sees(b.position), line.back.at(-2)?.id);
  });

  test('it says the direction, too', async () => {
    const line = await twoSided('6');
    const [x, y] = line.back.slice(4);
    const opposite = line.out.at(-5);
    assert.ok(x && y && opposite);
    const bus = createBus(line);
    assert.is(bus.sees(opposite.position), opposite.id);
    bus.set(placeByCrew(line, bus.place, x.id, bus.atMs));
    assert.is(bus.sees(opposite.position), x.id);
    assert.is(bus.sees(y.position), y.id);
  });

  test('the next one, without any receiver: along the way, and from its end back', async () => {
    const line = await twoSided('2');
    const bus = createBus(line);
    assert.is(nextStop(line, bus.place), undefined);
    const [first] = line.out;
    assert.ok(first);
    bus.set(placeByCrew(line, bus.place, first.id, 0));
    const told: string[] = [];
    for (let i = 0; i < 19; i++) {
      const next = nextStop(line, bus.place);
      assert.ok(next);
      told.push(next.id);
      bus.set(placeByCrew(line, bus.place, next.id, i));
      assert.is(bus.sees(undefined), next.id);
    }
    assert.equal(told, ids([...line.out.slice(1), ...line.back.slice(1), ...line.out.slice(1, 2)]));
  });

  test('the next one between two stops, and where the feed has no ways', async () => {
    const line = await twoSided('2');
    const [a, b, c] = line.out;
    assert.ok(a && b && c);
    const bus = createBus(line);
    bus.drives([a, b]);
    bus.sees(moved(b.position, 300, 0));
    assert.is(nextStop(line, bus.place)?.id, c.id);
    const plain = { stops: line.out, route: undefined };
    const other = createBus(plain);
    other.drives([a, b]);
    assert.is(nextStop(plain, other.place)?.id, c.id);
    other.sees(line.out.at(-1)?.position);
    assert.is(nextStop(plain, other.place), undefined);
  });

  test('auto gives the word back; a stop that the line no longer has is forgotten, an unknown one is not taken', async () => {
    const line = await twoSided('6');
    const [a, , c] = line.out;
    assert.ok(a && c);
    const bus = createBus(line);
    bus.sees(a.position);
    bus.set(placeByCrew(line, bus.place, 'nowhere', 0));
    assert.is(bus.place.stop?.id, a.id);
    bus.set(placeByCrew(line, bus.place, c.id, 0));
    bus.set(placeByPosition(bus.place));
    assert.is(bus.sees(a.position), a.id);
    bus.set(placeByCrew(line, bus.place, c.id, 0));
    const without = createBus({ ...line, stops: line.stops.filter(({ id }) => id !== c.id) });
    without.set(bus.place);
    assert.is(without.sees(undefined), undefined);
    assert.is(without.place.crew, undefined);
  });
});
