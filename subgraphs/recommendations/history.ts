// Tested in view-counts.int.test.ts: a history is that of its rows.

import { countHistory } from '@argyle/kit/quarter-counts'
import { VIEWS_COUNTED } from './events.ts'

/** The events that recommendations replays from its tables. */
export const history = [countHistory(VIEWS_COUNTED)]
