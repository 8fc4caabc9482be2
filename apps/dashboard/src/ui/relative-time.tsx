import { useEffect, useState } from 'react'
import { describeAge, describeFullDate } from './relative-date.ts'

/** The present moment, renewed every `everyMs`, so that "2 min ago" does not stay true for ever. */
export function useNow(everyMs = 20_000): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** When something happened: "4 min ago", with the whole date behind it. */
export function RelativeTime({ date }: { readonly date: Date }) {
  const now = useNow()
  return (
    <time dateTime={date.toISOString()} title={describeFullDate(date)}>
      {describeAge(date, now)}
    </time>
  )
}
