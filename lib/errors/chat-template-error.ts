import {ImplicitPrmError} from './implicit-prm-error.js';

/**
 * The prompt could not be put through a chat template: `NO_CHAT_TEMPLATE` (the model has none) or
 * `CHAT_TEMPLATE_FAILED` (it could not be read, or refused the messages).
 */
export class ChatTemplateError extends ImplicitPrmError {
  static {
    ChatTemplateError.prototype.name = 'ChatTemplateError';
  }

  declare readonly code: 'NO_CHAT_TEMPLATE' | 'CHAT_TEMPLATE_FAILED';

  /**
   * @param code - which of this class's codes applies
   * @param message - one sentence for a human
   * @param options - `cause`: the error underneath, if any
   */
  constructor(code: ChatTemplateError['code'], message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
