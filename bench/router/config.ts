/** The environment variables that programs need to start and to find others. */
export const searchPaths = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }
