import type { RepairRule, RepairStep } from '../../core/repair-rule.ts';
import type { RowShape } from '../../core/row-shape.ts';
import { cast } from './cast.ts';
import { fieldOf, type RowField, textOf } from './row-fields.ts';

type Format = RowShape['format'];

/** The fields of a row after all steps of a rule. A step that finds nothing to do does nothing. */
export const applyRule = (fields: readonly RowField[], rule: RepairRule, format: Format): readonly RowField[] =>
  rule.reduce((row, step) => applyStep(row, step, format), fields);

function applyStep(fields: readonly RowField[], step: RepairStep, format: Format): readonly RowField[] {
  const each = (change: (text: string | null) => string | null | undefined): readonly RowField[] =>
    fields.map((field) => {
      const changed = field.name === step.field ? change(textOf(field, format)) : undefined;
      return changed === undefined ? field : fieldOf(field.name, changed, format);
    });
  switch (step.do) {
    case 'drop':
      return fields.filter(({ name }) => name !== step.field);
    case 'rename':
      return fields.map((field) => (field.name === step.field ? { ...field, name: step.to } : field));
    case 'default':
      return fields.some(({ name }) => name === step.field)
        ? each((text) => (text === null ? step.value : undefined))
        : [...fields, fieldOf(step.field, step.value, format)];
    case 'map':
      return each((text) => (text === (step.from === '' ? null : step.from) ? step.to : undefined));
    case 'cast':
      return each((text) => (text === null ? undefined : (cast(text, step.as) ?? undefined)));
  }
}
