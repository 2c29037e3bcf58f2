/** What started programs need of the environment, to be found themselves and to find others. */
export const searchPaths = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }
