import type {Value} from './jinja-library.js';
import {printf} from './python-strings.js';
import {pythonText, toValue} from './runtime-value.js';
import {requireItems, requireLength, requireWritable} from './size-limits.js';

/**
 * What an operator gives in Python, where the Jinja library gives something else; `undefined` where both agree.
 *
 * @param isNumbered - whether the right side is a mapping whose keys are numbers
 */
export function binaryOfPython(
  operator: string,
  left: Value,
  right: Value,
  isNumbered: boolean,
): Value | undefined {
  switch (operator) {
    case '~':
      requireWritable(left);
      requireWritable(right);
      return toValue(pythonText(left) + pythonText(right));
    case '%':
      return left.type === 'StringValue'
        ? toValue(
            printf(
              left.value as string,
              right.type === 'ArrayValue' || right.type === 'TupleValue' ? (right.value as Value[]) : [right],
            ),
          )
        : undefined;
    case '*':
      return repeated(left, right) ?? repeated(right, left);
    case 'in':
    case 'not in':
      return isNumbered && left.type === 'IntegerValue'
        ? toValue((right.value as Map<string, Value>).has(String(left.value)) === (operator === 'in'))
        : undefined;
    case '+':
      if ((left.type === 'StringValue') !== (right.type === 'StringValue')) {
        throw new Error(`Cannot add ${pythonText(left)} and ${pythonText(right)}: one of them is a text`);
      }

      if (left.type === 'ArrayValue' && right.type === 'ArrayValue') {
        requireItems((left.value as Value[]).length + (right.value as Value[]).length);
      }

      return undefined;
    case '==':
    case '!=':
      return isNested(left) && isNested(right)
        ? toValue((pythonText(left) === pythonText(right)) === (operator === '=='))
        : undefined;
    default:
      return left.type === 'StringValue' && right.type === 'StringValue'
        ? comparedTexts(operator, left.value as string, right.value as string)
        : undefined;
  }
}

function isNested({type}: Value): boolean {
  return type === 'ObjectValue' || type === 'ArrayValue';
}

function comparedTexts(operator: string, left: string, right: string): Value | undefined {
  switch (operator) {
    case '<':
      return toValue(left < right);
    case '>':
      return toValue(left > right);
    case '<=':
      return toValue(left <= right);
    case '>=':
      return toValue(left >= right);
    default:
      return undefined;
  }
}

function repeated(text: Value, times: Value): Value | undefined {
  if (text.type !== 'StringValue' || times.type !== 'IntegerValue') {
    return undefined;
  }

  const count = Math.max(0, times.value as number);
  requireLength((text.value as string).length * count);
  return toValue((text.value as string).repeat(count));
}
