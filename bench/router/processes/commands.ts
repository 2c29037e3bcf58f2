import type { ChildProcess } from 'node:child_process'

/** What a process of the benchmark can be asked for, by name. Both sides name the types; JSON passes between them. */
type Command = (argument: never) => unknown

type Asked = { readonly id: number; readonly command: string; readonly argument: unknown }
type Answered = { readonly id: number; readonly value?: unknown; readonly error?: string }

/** Answers the parent's commands. Ends with the parent, however that ended. */
export function serveCommands(commands: Readonly<Record<string, Command>>): void {
  process.on('message', async ({ id, command, argument }: Asked) => {
    try {
      const known = commands[command]
      if (!known) throw new Error(`there is no command ${command}`)
      // What is sent is of the type that the caller and the command agree on by name.
      process.send?.({ id, value: await known(argument as never) } satisfies Answered)
    } catch (error) {
      process.send?.({ id, error: String(error) } satisfies Answered)
    }
  })
  process.on('disconnect', () => process.exit(0))
}

/** Asks a child for something. @throws Error with the child's message, or when the child ends first. */
export function ask<T>(child: ChildProcess, command: string, argument?: unknown): Promise<T> {
  const id = nextId++
  return new Promise((resolve, reject) => {
    const done = () => {
      child.off('message', hear)
      child.off('exit', gone)
    }
    const hear = (message: Answered) => {
      if (message.id !== id) return
      done()
      if (message.error !== undefined) reject(new Error(message.error))
      // The caller names the type of what the command answers.
      else resolve(message.value as T)
    }
    const gone = () => {
      done()
      reject(new Error(`the process ended before it answered ${command}`))
    }
    child.on('message', hear)
    child.on('exit', gone)
    child.send({ id, command, argument } satisfies Asked, (error) => {
      if (error) {
        done()
        reject(error)
      }
    })
  })
}

let nextId = 1
