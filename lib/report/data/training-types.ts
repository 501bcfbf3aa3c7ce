import type {TrainResult} from '../../train/train-events.js';

/** What the page of a training is given. */
export interface TrainingReportData
  extends Pick<
    TrainResult,
    'objective' | 'beta' | 'steps' | 'bestStep' | 'stoppedEarly' | 'data' | 'evaluation' | 'history'
  > {
  title: string;
  /** What made the page. */
  generator: string;
}
