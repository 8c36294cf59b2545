// Opaque values that vendors sign are only ever returned to the family that issued them (rule 107). A client's wire has one
// place for such a value; a foreign one travels there under a prefix that names its family (rule 109).
import type { Signature, VendorFamily } from '../core/conversation.ts'

/** Begins every foreign signature within a client's own place for signatures. */
export const signaturePrefix = 'omniroute:'
const families: readonly VendorFamily[] = ['anthropic', 'google', 'openai', 'xai', 'openrouter']

/** What the signature belongs to, where the client's wire can only attach it to reasoning. */
export type SignatureHolder = 'reasoning' | 'redacted' | 'tool-call'

/** The text that carries a signature through a client whose own signatures are of the family `home`. */
export function packSignature(signature: Signature, home: VendorFamily, holder: SignatureHolder = 'reasoning'): string {
  if (signature.family === home && holder === 'reasoning') return signature.value
  return `${signaturePrefix}${signature.family}:${holder}:${signature.value}`
}

/** The signature within a text that a client has sent back. */
export function unpackSignature(text: string, home: VendorFamily): { signature: Signature; holder: SignatureHolder } {
  if (text.startsWith(signaturePrefix)) {
    const [family, holder] = text.slice(signaturePrefix.length, signaturePrefix.length + 40).split(':', 2)
    const known = families.find((candidate) => candidate === family)
    if (known !== undefined && (holder === 'reasoning' || holder === 'redacted' || holder === 'tool-call')) {
      const value = text.slice(signaturePrefix.length + known.length + holder.length + 2)
      return { signature: { family: known, value }, holder }
    }
  }
  return { signature: { family: home, value: text }, holder: 'reasoning' }
}
