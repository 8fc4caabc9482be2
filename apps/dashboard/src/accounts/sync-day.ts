/** A day as a date field has it, `2026-01-15`, in the time zone of whoever reads it. Empty: no moment. */
export function toDayField(moment: Date | null): string {
  if (moment === null) return ''
  const [year, month, day] = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()]
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** When such a day begins there, as an ISO time; null for an empty field. What is no day stays as it is, for the schema to judge. */
export function fromDayField(value: string): string | null {
  const text = value.trim()
  if (text === '') return null
  const begin = new Date(`${text}T00:00`)
  return Number.isNaN(begin.getTime()) ? text : begin.toISOString()
}
