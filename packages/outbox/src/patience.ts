/** After the hand-over the answer is waited for, when the process stops, for so long: without it nobody can tell. In milliseconds. */
const ANSWER_AT_STOP_MS = 8_000

/** For how long an attempt goes on once it is to end. */
export interface Patience extends Disposable {
  /** Ends the attempt: at once before the hand-over, after it when the answer does not come. */
  readonly signal: AbortSignal
  /** From here on the message may be out. */
  handOver(): void
}

/**
 * @param stop the process stops
 * @param lost the attempt is somebody else's: before the hand-over it ends at once, after it a late answer is better than none
 */
export function createPatience(stop: AbortSignal, lost: AbortSignal, answerAtStopMs = ANSWER_AT_STOP_MS): Patience {
  const ended = new AbortController()
  let handedOver = false
  let timer: NodeJS.Timeout | undefined
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
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', onStop)
      lost.removeEventListener('abort', onLost)
    },
  }
}
