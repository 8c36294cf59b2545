// Has to be the first import of the page: zod otherwise tries whether it may compile code, which the page's policy refuses
// and reports.
import * as z from 'zod'

z.config({ jitless: true })
