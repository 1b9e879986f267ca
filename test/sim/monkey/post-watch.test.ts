/** Which presentations a validator could not but answer. */
import * as assert from 'uvu/assert';
import { usualPassengers } from '../../../sim/bus/passengers.ts';
import { createPostWatch, mustAnswer, wasPresented } from '../../../sim/monkey/post-watch.ts';
import { presentationOf } from '../../../sim/monkey/presentation.ts';
import { suite } from '../../harness.ts';

function postThatWorks() {
  const watch = createPostWatch();
  const time = new Date(1000).toISOString();
  watch.log.hear({ level: 'info', event: 'ready', time });
  for (const name of ['camera', 'zxing', 'card', 'scanner'])
    watch.log.hear({ level: 'info', event: 'part-ready', name, time });
  const passengers = new Map(usualPassengers.map(passenger => [passenger.id, passenger]));
  const [sample] = usualPassengers.filter(
    ({ medium, ...rest }) => medium === 'ride-code' && 'foreign' in rest,
  );
  if (sample === undefined) throw new Error('nobody holds up another system’s code');
  const presented = (command: string) => {
    const presentation = presentationOf(command, passengers);
    if (presentation === undefined) throw new Error(command);
    return presentation;
  };
  return {
    show: (command: string, at: number) => wasPresented(watch, presented(command), at),
    must: (command: string, at: number) => mustAnswer(watch, presented(command), at),
    sample: sample.id,
  };
}

suite('monkey: what must be answered', test => {
  test('a sample that was in view a moment ago need not be, whatever was in view since', () => {
    const { show, must, sample } = postThatWorks();
    assert.ok(must(`explain front ${sample}`, 10_000));
    show(`show front ${sample}`, 10_000);
    show('show front zhu-phone', 11_000);
    assert.not.ok(must(`explain front ${sample}`, 12_000));
    assert.not.ok(must(`show front ${sample}`, 12_000));
    assert.ok(must(`show front ${sample}`, 14_000));
    assert.ok(must(`scan front ${sample}`, 11_000), 'the scanner has not seen it');
    show(`scan front ${sample}`, 11_000);
    assert.not.ok(must(`scan front ${sample}`, 12_000));
    assert.ok(must(`scan front ${sample}`, 14_000));
  });

  test('a ride code, made anew each time, must be; so must a card', () => {
    const { show, must } = postThatWorks();
    show('show front zhu-phone', 10_000);
    assert.ok(must('show front zhu-phone', 10_500));
    assert.ok(must('tap front wang', 10_500));
  });

  test('nothing must be before the validator is ready, and no picture that is hard to read', () => {
    const { must } = postThatWorks();
    assert.not.ok(must('tap front wang', 500));
    assert.not.ok(must('show front zhu-phone blur=3', 10_000));
  });
});
