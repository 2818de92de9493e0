/** The file of both workers that run a model, which share most of their code; their name says which it is. */
import './without-eval.ts';
import { startExplaining } from '../explorer/explain-worker.ts';
import { startPredicting } from './predict-worker.ts';

if (self.name === 'explain') startExplaining();
else startPredicting();
