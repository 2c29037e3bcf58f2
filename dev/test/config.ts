/** Passes a value to the test files, whose processes inherit this environment. */
export function handToTests(name: `ARGYLE_TEST_${string}`, value: string): void {
  process.env[name] = value
}

/** Programs that tests start keep compiled modules in this folder, unless the environment names another. */
export function shareCompiledModules(folder: string): void {
  process.env.NODE_COMPILE_CACHE ??= folder
}

/** Makes this the temporary folder of the test files and of the programs that they start. */
export function keepTemporaryFilesIn(folder: string): void {
  process.env.TMPDIR = folder
}
