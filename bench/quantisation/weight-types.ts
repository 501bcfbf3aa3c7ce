/** The types of weights that are compared, the exact one first. */
export const weightTypes = ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0'] as const;

/** One of {@link weightTypes}. */
export type WeightType = (typeof weightTypes)[number];
