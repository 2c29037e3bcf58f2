import type { ChildProcess } from 'node:child_process'

/** A command of a benchmark process, by name. Both sides name the types; JSON passes between them. */
type Command = (argument: never) => unknown

type Asked = { readonly id: number; readonly command: string; readonly argument: unknown }
type Answered = { readonly id: number; readonly value?: unknown; readonly error?: string }

/** Answers the parent's commands. Exits with the parent, however that ended. */
export function serveCommands(commands: Readonly<Record<string, Command>>): void {
  process.on('message', async ({ id, command, argument }: Asked) => {
    try {
      const known = commands[command]
      if (!known) throw new Error(`there is no command ${command}`)
      // Caller and command agree on the type by the command's name.
      process.send?.({ id, value: await known(argument as never) } satisfies Answered)
    } catch (error) {
      process.send?.({ id, error: String(error) } satisfies Answered)
    }
  })
  process.on('disconnect', () => process.exit(0))
}

/** Sends a command to a child. @throws Error with the child's message, or if the child ends first. */
export function ask<T>(child: ChildProcess, command: string, argument?: unknown): Promise<T> {
  const id = nextId++
  return new Promise((resolve, reject) => {
    const done = () => {
      child.off('message', onMessage)
      child.off('exit', gone)
    }
    const onMessage = (message: Answered) => {
      if (message.id !== id) return
      done()
      if (message.error !== undefined) reject(new Error(message.error))
      // The caller names the type of the result.
      else resolve(message.value as T)
    }
    const gone = () => {
      done()
      reject(new Error(`the process ended before it answered ${command}`))
    }
    child.on('message', onMessage)
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
