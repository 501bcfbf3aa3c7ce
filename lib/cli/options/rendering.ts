import {type Command, InvalidArgumentError, Option} from 'commander';
import {defaultDate, type Rendering, textVersion} from '../../text/rendering.js';
import {renderingSchema} from '../../text/rendering-schema.js';

/** What a chat template is told beside the conversation. */
export interface TemplateFlags {
  templateArguments?: Record<string, unknown>;
  date?: string;
}

/** How conversations become text. */
export interface RenderingFlags extends TemplateFlags {
  rendering?: Rendering;
}

/**
 * Adds the options of {@link RenderingFlags} to a command.
 *
 * @returns the command
 */
export function addRenderingOptions(command: Command): Command {
  return addTemplateOptions(
    command.addOption(
      new Option(
        '--rendering <how>',
        'what the models see: the template’s text of the conversation, or the continuation of its prompt; chosen if left out',
      ).choices(['conversation', 'continuation']),
    ),
  );
}

/**
 * Adds the options of {@link TemplateFlags} to a command.
 *
 * @returns the command
 */
export function addTemplateOptions(command: Command): Command {
  return command
    .option(
      '--template-arguments <json>',
      'what the chat template is told, such as \'{"enable_thinking": false}\'',
      parseTemplateArguments,
    )
    .option(
      '--date <YYYY-MM-DD>',
      `what the chat template takes for today; ${defaultDate} if left out`,
      parseDate,
    );
}

/** Describes how conversations are rendered, so that a run that is resumed can be compared. */
export function renderingIdentity({rendering, ...flags}: RenderingFlags) {
  return {
    'text of conversations': textVersion,
    '--rendering': rendering ?? 'left out',
    ...templateIdentity(flags),
  };
}

/** Describes what the template is told, likewise. */
export function templateIdentity({templateArguments, date}: TemplateFlags) {
  return {
    '--template-arguments': JSON.stringify(templateArguments ?? {}),
    '--date': date ?? defaultDate,
  };
}

function parseTemplateArguments(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below.
  }

  const checked = renderingSchema.safeParse({templateArguments: value});
  if (value === undefined || !checked.success) {
    throw new InvalidArgumentError(
      'It is an object of JSON, such as {"enable_thinking": false}, without the names that the template is told anyway.',
    );
  }

  return value as Record<string, unknown>;
}

function parseDate(text: string): string {
  if (!renderingSchema.safeParse({date: text}).success) {
    throw new InvalidArgumentError('It is a date such as 2024-07-26.');
  }

  return text;
}
