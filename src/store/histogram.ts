// Durations counted in buckets whose bounds grow by a fixed ratio, so that percentiles of any number of requests can be told from
// a few numbers, within a tenth. The bounds are part of what is stored: they never change. Pure.

/** Bucket to count. Bucket 0 is below a millisecond; four buckets double the time; the last one is above an hour. */
export type Histogram = Map<number, number>

const perDoubling = 4
const lastBucket = 88

export function bucketOf(ms: number): number {
  if (!(ms >= 1)) return 0
  return Math.min(lastBucket, 1 + Math.floor(Math.log2(ms) * perDoubling))
}

export function count(histogram: Histogram, ms: number): void {
  const bucket = bucketOf(ms)
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1)
}

export function addHistogram(to: Histogram, from: Histogram): void {
  for (const [bucket, times] of from) to.set(bucket, (to.get(bucket) ?? 0) + times)
}

/** The time within which that share of the requests (0 to 1) was done; undefined when there were none. */
export function percentile(histogram: Histogram, share: number): number | undefined {
  const buckets = [...histogram].sort(([a], [b]) => a - b)
  const wanted = share * buckets.reduce((sum, [, times]) => sum + times, 0)
  let seen = 0
  for (const [bucket, times] of buckets) {
    seen += times
    if (seen >= wanted) return middleOf(bucket)
  }
  return undefined
}

/** Flat, as it is stored: bucket, count, bucket, count. */
export function toPairs(histogram: Histogram): number[] {
  const pairs: number[] = []
  for (const [bucket, times] of histogram) pairs.push(bucket, times)
  return pairs
}

export function fromPairs(pairs: unknown): Histogram {
  const histogram: Histogram = new Map()
  if (!Array.isArray(pairs)) return histogram
  for (let index = 0; index + 1 < pairs.length; index += 2)
    histogram.set(Number(pairs[index]), Number(pairs[index + 1]))
  return histogram
}

function middleOf(bucket: number): number {
  return bucket === 0 ? 0.5 : 2 ** ((bucket - 0.5) / perDoubling)
}
