import { FootfallError } from '../../core/errors/footfall-error.ts';
import { CAST_FORMS, type CastForm, type RepairRule, type RepairStep } from '../../core/repair-rule.ts';

const STEPS: Readonly<Record<RepairStep['do'], string>> = {
  rename: 'rename FIELD=NEW',
  drop: 'drop FIELD',
  default: 'default FIELD=VALUE',
  map: 'map FIELD:OLD=NEW',
  cast: `cast FIELD=${CAST_FORMS.join('|')}`,
};

/**
 * Reads a step as people write it, or as JSON: one step, or a list of them.
 * @throws FootfallError `repair.rule` saying what the step may look like
 * @example parseSteps('map event_type:Kauf=purchase') // [{ do: 'map', field: 'event_type', from: 'Kauf', to: 'purchase' }]
 */
export function parseSteps(text: string): RepairRule {
  const trimmed = text.trim();
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) return fromJson(trimmed);
  const [, verb = '', rest = ''] = /^(\S+)\s+(.+)$/s.exec(trimmed) ?? [];
  const step = fromWords(verb, rest);
  if (step === null) throw unreadable(text, verb in STEPS ? STEPS[verb as RepairStep['do']] : anyForm());
  return [step];
}

function fromWords(verb: string, rest: string): RepairStep | null {
  const [, field = '', value] = /^([^=]+)=(.*)$/s.exec(rest) ?? [];
  switch (verb) {
    case 'drop':
      return { do: 'drop', field: rest };
    case 'rename':
      return value === undefined || value === '' ? null : { do: 'rename', field, to: value };
    case 'default':
      return value === undefined || value === '' ? null : { do: 'default', field, value };
    case 'cast':
      return isForm(value) ? { do: 'cast', field, as: value } : null;
    case 'map': {
      const [, name = '', from = ''] = /^([^:]+):(.*)$/s.exec(field) ?? [];
      if (value === undefined || name === '') return null;
      return { do: 'map', field: name, from, to: value === '' ? null : value };
    }
    default:
      return null;
  }
}

function fromJson(text: string): RepairRule {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FootfallError('repair.rule', { step: text, reason: 'is no JSON', forms: anyForm() }, { cause });
  }
  return (Array.isArray(value) ? value : [value]).map((each: unknown) => {
    const step = stepOf(each);
    if (step === null) throw unreadable(JSON.stringify(each), anyForm());
    return step;
  });
}

/** Just the step's own members, so that equal rules are equal data. */
function stepOf(value: unknown): RepairStep | null {
  if (typeof value !== 'object' || value === null) return null;
  const given = value as Readonly<Record<string, unknown>>;
  const { field, to, from, as } = given;
  if (typeof field !== 'string' || field === '') return null;
  switch (given['do']) {
    case 'drop':
      return { do: 'drop', field };
    case 'rename':
      return typeof to === 'string' && to !== '' ? { do: 'rename', field, to } : null;
    case 'default':
      return typeof given['value'] === 'string' ? { do: 'default', field, value: given['value'] } : null;
    case 'map':
      return typeof from === 'string' && (typeof to === 'string' || to === null)
        ? { do: 'map', field, from, to }
        : null;
    case 'cast':
      return isForm(as) ? { do: 'cast', field, as } : null;
    default:
      return null;
  }
}

const isForm = (value: unknown): value is CastForm => (CAST_FORMS as readonly unknown[]).includes(value);
const anyForm = (): string => Object.values(STEPS).join('; ');
const unreadable = (step: string, forms: string): FootfallError =>
  new FootfallError('repair.rule', { step, reason: 'is no step of a repair', forms });

/** A step as people write it; as JSON where that could not be read back. */
export function stepText(step: RepairStep): string {
  const text = wordsOf(step);
  try {
    if (JSON.stringify(parseSteps(text)) === JSON.stringify([step])) return text;
  } catch (error) {
    if (!(error instanceof FootfallError)) throw error;
  }
  return JSON.stringify(step);
}

function wordsOf(step: RepairStep): string {
  switch (step.do) {
    case 'rename':
      return `rename ${step.field}=${step.to}`;
    case 'drop':
      return `drop ${step.field}`;
    case 'default':
      return `default ${step.field}=${step.value}`;
    case 'map':
      return `map ${step.field}:${step.from}=${step.to ?? ''}`;
    case 'cast':
      return `cast ${step.field}=${step.as}`;
  }
}
