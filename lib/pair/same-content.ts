import {type FileHandle, open} from 'node:fs/promises';

const kibibyte = 1024;
const probes = {count: 64, length: 16 * kibibyte};
const blockLength = 1024 * kibibyte;

/**
 * Whether two files hold the same model byte for byte. Most that are not show it at one of a few places spread over them, so
 * that little is read.
 *
 * @param left - the path of a GGUF file, the first one of a split model
 */
export async function isSameContent(left: string, right: string): Promise<boolean> {
  const [leftParts, rightParts] = [partsOf(left), partsOf(right)];
  if (leftParts.length !== rightParts.length) {
    return false;
  }

  for (const [index, part] of leftParts.entries()) {
    if (!(await isSameFile(part, rightParts[index]!))) {
      return false;
    }
  }

  return true;
}

function partsOf(file: string): string[] {
  const [, stem, count] = /^(.*)-00001-of-(\d{5})\.gguf$/su.exec(file) ?? [];
  return stem === undefined
    ? [file]
    : Array.from(
        {length: Number(count)},
        (_, index) => `${stem}-${String(index + 1).padStart(5, '0')}-of-${count}.gguf`,
      );
}

async function isSameFile(left: string, right: string): Promise<boolean> {
  await using files = await openBoth(left, right);
  const [stats, others] = await Promise.all(files.both.map(async file => file.stat()));
  const {size} = stats!;
  // One file by two names is no copy.
  if (size !== others!.size || (stats!.dev === others!.dev && stats!.ino === others!.ino)) {
    return false;
  }

  const places = Array.from({length: probes.count}, (_, index) => Math.floor((size * index) / probes.count));
  for (const place of places) {
    if (!(await isSameAt(files.both, place, probes.length))) {
      return false;
    }
  }

  for (let place = 0; place < size; place += blockLength) {
    if (!(await isSameAt(files.both, place, blockLength))) {
      return false;
    }
  }

  return true;
}

async function openBoth(left: string, right: string) {
  const first = await open(left);
  const second = await open(right).catch(async error => {
    await first.close();
    throw error;
  });
  return {
    both: [first, second] as const,
    async [Symbol.asyncDispose]() {
      await Promise.all([first.close(), second.close()]);
    },
  };
}

async function isSameAt(files: readonly FileHandle[], place: number, length: number): Promise<boolean> {
  const [left, right] = await Promise.all(
    files.map(async file => {
      const {buffer, bytesRead} = await file.read(Buffer.alloc(length), 0, length, place);
      return buffer.subarray(0, bytesRead);
    }),
  );
  return left!.equals(right!);
}
