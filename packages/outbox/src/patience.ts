/** The server did not take the message, nor refuse it, in all that time. Nothing was handed over. */
export class AttemptTooLong extends Error {
  override readonly name = 'AttemptTooLong'
  constructor() {
    super('A mail server took too long to say whether it takes a message.')
  }
}

export interface PatienceOptions {
  /** The process stops. */
  readonly stop: AbortSignal
  /** The attempt is somebody else's: before the hand-over it ends at once, after it a late answer is better than none. */
  readonly lost: AbortSignal
  /** For all that comes before the hand-over, waiting for a connection included. Default 5 minutes. */
  readonly beforeHandoverMs?: number
  /** For the answer, when the process stops after the hand-over: without it nobody can tell. Default 8 s. */
  readonly answerAtStopMs?: number | undefined
}

/** For how long an attempt goes on. */
export interface Patience extends Disposable {
  readonly signal: AbortSignal
  /** From here on the message may be out. */
  handOver(): void
}

/** Ends an attempt in its time: at once before the hand-over, after it only when the answer does not come. */
export function createPatience({ stop, lost, beforeHandoverMs = 300_000, answerAtStopMs = 8_000 }: PatienceOptions): Patience {
  const ended = new AbortController()
  let handedOver = false
  let timer: NodeJS.Timeout | undefined = setTimeout(() => ended.abort(new AttemptTooLong()), beforeHandoverMs)
  const onStop = (): void => {
    if (handedOver) {
      timer = setTimeout(() => ended.abort(stop.reason), answerAtStopMs)
    } else {
      ended.abort(stop.reason)
    }
  }
  const onLost = (): void => {
    if (!handedOver) {
      ended.abort(lost.reason)
    }
  }
  if (stop.aborted) {
    onStop()
  }
  stop.addEventListener('abort', onStop, { once: true })
  lost.addEventListener('abort', onLost, { once: true })
  return {
    signal: ended.signal,
    handOver: () => {
      handedOver = true
      clearTimeout(timer)
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', onStop)
      lost.removeEventListener('abort', onLost)
    },
  }
}
