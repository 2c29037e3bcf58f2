/** Tells the time. Rules and stores take one, so that a test can set the hour. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()
