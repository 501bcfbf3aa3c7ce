/** What stands in the output for a line that could not be done. */
interface SkippedLine {
  /** Its number in the input, from 1 on, blank lines counted. */
  line: number;
  /** Why. */
  error: string;
}

/** Makes the line that stands for a line that was skipped, so that the output has a line for each of the input. */
export function skippedLine({line, error}: SkippedLine): string {
  return JSON.stringify({line, error});
}

/** Whether a line of an output is from {@link skippedLine}: a result may have such fields too, but not only these. */
export function isSkippedLine(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!text.subarray(0, 8).equals(Buffer.from('{"line":'))) {
    return false;
  }

  try {
    const names = Object.keys(JSON.parse(text.toString()));
    return names.length === 2 && names[1] === 'error';
  } catch {
    return false;
  }
}
