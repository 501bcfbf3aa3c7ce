/** The bytes that base64 stands for. */
export function base64Bytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0));
}
