import { writeFile } from 'node:fs/promises'

/** Makes Linux forget the most that processes ever held (VmHWM): the next look tells of what came after. Needs root for processes of others. */
export async function forgetPeaks(pids: readonly number[]): Promise<void> {
  // 5: proc(5), clear_refs.
  await Promise.all(pids.map(async (pid) => writeFile(`/proc/${pid}/clear_refs`, '5')))
}
