import {answerJobs} from '../../lib/utils/worker-answers.js';

answerJobs((job: string): string => {
  if (job === 'throw') {
    throw new RangeError('mine');
  }

  const hoard: number[][] = [];
  while (job === 'loop' || job === 'hoard') {
    if (job === 'hoard') {
      hoard.push(new Array(1e6).fill(0.5));
    }
  }

  return job.toUpperCase();
});
