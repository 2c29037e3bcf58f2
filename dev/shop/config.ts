/**
 * Lets libraries leave out the checks that they make for developers alone; it has to be said before they are imported. graphql-js
 * checks every type twice otherwise: 5 to 10 % of a request's CPU time. What the shop itself shows, explorer and introspection, does
 * not hang on it here.
 */
export function preferProductionLibraries(): void {
  process.env.NODE_ENV ||= 'production'
}
