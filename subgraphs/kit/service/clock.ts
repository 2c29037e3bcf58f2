/** The current time. Rules and stores take a clock, so that tests can set the time. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()
