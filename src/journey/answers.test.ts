import { expect, test } from 'vitest';
import { Answers } from './answers.ts';

test('an answer is found again about the same state only', () => {
  const answers = new Answers(10);
  expect(answers.find('1/1/1', 'q')).toBeUndefined();
  answers.keep('1/1/1', 'q', { n: 1 });
  expect(answers.find('1/1/1', 'q')).toEqual({ n: 1 });
  expect(answers.find('1/1/1', 'r')).toBeUndefined();
  expect(answers.find('1/1/2', 'q')).toBeUndefined();
  expect(answers.find('1/1/1', 'q')).toBeUndefined();
});

test('an answer that took longer than its state lasted is not kept, and forgets no other', () => {
  const answers = new Answers(10);
  answers.find('1/1/2', 'q');
  answers.keep('1/1/2', 'q', 2);
  answers.keep('1/1/1', 'slow', 1);
  expect(answers.find('1/1/2', 'q')).toBe(2);
  expect(answers.find('1/1/1', 'slow')).toBeUndefined();
});

test('the one that was not asked for longest makes room', () => {
  const answers = new Answers(2);
  answers.find('v', 'a');
  answers.keep('v', 'a', 1);
  answers.keep('v', 'b', 2);
  expect(answers.find('v', 'a')).toBe(1);
  answers.keep('v', 'c', 3);
  expect([answers.find('v', 'a'), answers.find('v', 'b'), answers.find('v', 'c')]).toEqual([1, undefined, 3]);
});
