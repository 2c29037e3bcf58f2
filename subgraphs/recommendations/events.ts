/** The number of views that were recorded in a quarter of an hour so far. */
export const VIEWS_COUNTED = 'recommendations.view.counted'
