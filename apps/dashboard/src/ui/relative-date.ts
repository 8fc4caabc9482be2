const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long ago something happened, or how soon it will, in words a person would say. Whole units, rounded down. */
export function describeDistance(from: Date, now: Date): string {
  const delta = from.getTime() - now.getTime()
  const size = Math.abs(delta)
  if (size < 45_000) return delta > 0 ? 'in a moment' : 'just now'
  const [count, unit] =
    size < HOUR
      ? [Math.max(1, Math.round(size / MINUTE)), 'min']
      : size < DAY
        ? [Math.floor(size / HOUR), 'h']
        : [Math.floor(size / DAY), Math.floor(size / DAY) === 1 ? 'day' : 'days']
  return delta > 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`
}

/**
 * How long ago something happened. Never "in a moment": the present is read now and then, and other clocks run ahead a little.
 */
export function describeAge(date: Date, now: Date): string {
  return describeDistance(date > now ? now : date, now)
}

/** The date of a message in a list: the time today, the weekday this week, else day and month, with the year once it differs. */
export function describeMessageDate(date: Date, now: Date, locale?: string): string {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options).format(date)
  const days = calendarDaysBetween(date, now)
  if (days === 0) return format({ hour: '2-digit', minute: '2-digit' })
  if (days === 1) return 'Yesterday'
  if (days > 1 && days < 7) return format({ weekday: 'long' })
  if (date.getFullYear() === now.getFullYear()) return format({ day: 'numeric', month: 'short' })
  return format({ day: 'numeric', month: 'short', year: 'numeric' })
}

/** The whole date, for tooltips and for reading a message. */
export function describeFullDate(date: Date, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' }).format(date)
}

/** A day by its name: "15 January 2026". */
export function describeDay(date: Date, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(date)
}

/** Midnights between two moments, in local time. Counted by calendar, because a day can have 23 or 25 hours. */
function calendarDaysBetween(earlier: Date, later: Date): number {
  return Math.round((midnightOf(later) - midnightOf(earlier)) / DAY)
}

function midnightOf(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())
}
