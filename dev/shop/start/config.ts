/**
 * Sets NODE_ENV so that libraries skip development checks; call it before importing them. Otherwise
 * graphql-js checks every type twice: 5 to 10 % of a request's CPU time. Sandbox and introspection of the
 * shop do not depend on it here.
 */
export function preferProductionLibraries(): void {
  process.env.NODE_ENV ||= 'production'
}
