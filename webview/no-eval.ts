// Has to be the first import of the frame and of every page, so that it runs before the contract in whatever chunk that lies: zod
// otherwise tries whether it may compile code, which the page's policy refuses and reports.
import * as z from 'zod'

z.config({ jitless: true })
