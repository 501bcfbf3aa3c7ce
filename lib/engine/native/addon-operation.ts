/** Work under way in the addon. */
export interface AddonOperation<T> {
  promise: Promise<T>;
  /** Makes the promise reject with code `CANCELLED`, unless it is settled before. */
  cancel(): void;
}

export type AddonProgress = (done: number, total: number) => void;
