/** `confirm`: the crew has looked at a passenger's phone, and says so to a validator. */
import { WrongUsage } from '../../../device/kit/errors.ts';
import { typeOnConsole } from '../console.ts';
import { type CrewMeans, crewMeans } from '../presentations.ts';
import type { ValidatorPost } from '../validator-post.ts';
import { type BusCommand, oneOf, postOf } from './command.ts';
import { tapEvent } from './presenting-commands.ts';

export const confirmCommand: BusCommand = {
  name: 'confirm',
  usage: `front|rear [${crewMeans.join('|')}]`,
  help: "the crew has checked by hand whom the validator left to them: by their key, the crew display's touch, or the console",
  async run(bus, [at, word = 'key']) {
    const validator = postOf(at);
    const means = oneOf(word, crewMeans);
    const post = bus.posts[validator];
    return tapEvent(await bus.confirm(validator, means, () => confirmBy[means](post)));
  },
};

const confirmBy: Readonly<Record<CrewMeans, (post: ValidatorPost) => unknown>> = {
  key: ({ crewKey }) => crewKey.press(),
  touch({ screens: { crew } }) {
    if (crew.touch === undefined) throw new WrongUsage('touch needs --displays nextion');
    crew.touch();
  },
  console: ({ consolePort }) => typeOnConsole(consolePort, 'confirm'),
};
