const MAX_FRAMES = 20

/**
 * Where an error of ours happened: the frames of its stack, nearest first, without its message, in which octets of a message may stand. For the log.
 * Undefined when they cannot be told apart.
 */
export function listFrames(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.stack === undefined) {
    return undefined
  }
  const start = error.stack.indexOf(error.message)
  if (start === -1) {
    return undefined
  }
  const frames = error.stack
    .slice(start + error.message.length)
    .split('\n')
    .filter((line) => /^\s+at /u.test(line))
  return frames.slice(0, MAX_FRAMES).join('\n')
}
