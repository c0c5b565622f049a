// One batch, as it lies in the engine's memory: the byte offsets of its fields from the batch's address.
// Compiled by both compilers, so that the engine (TypeScript) and the kernels (AssemblyScript) share one layout.
// Counts and addresses are 32-bit; an address of 0 means "not given" or "not wanted".

/** How many losses there are: elements, or rows. */
export const EXAMPLES = 0;
/** Classes in a row; 1 for elementwise losses. */
export const CLASSES = 4;
/** f64[EXAMPLES × CLASSES] (f32 with FLOAT32): logits, or probabilities. */
export const LOGITS = 8;
/**
 * f64: per example a label or class index, or EXAMPLES × CLASSES target probabilities (DISTRIBUTIONS = 1). 0 with
 * LABEL_LOGITS.
 */
export const LABELS = 12;
export const DISTRIBUTIONS = 16;
/** u8[EXAMPLES]: 0 for an ignored example. */
export const KEEP = 20;
/** f64[EXAMPLES]. */
export const SAMPLE_WEIGHTS = 24;
/** u8[CLASSES], or u8[EXAMPLES × CLASSES] with a stride of CLASSES: 0 for a class that does not exist. */
export const CLASS_MASK = 28;
export const CLASS_MASK_STRIDE = 32;
/** f64[CLASSES]. */
export const CLASS_WEIGHTS = 36;
/** f64[EXAMPLES]: weighted losses, out. Doubles with FLOAT32 too, for their sum. */
export const LOSSES = 40;
/** f64[EXAMPLES × CLASSES] (f32 with FLOAT32), out. */
export const GRADIENTS = 44;
/** f64[EXAMPLES] each, out: the parts of the decomposition, unweighted. */
export const CROSS_ENTROPY = 48;
export const ENTROPY = 52;
export const KL_DIVERGENCE = 56;
/** f64[EXAMPLES × CLASSES] (f32 with FLOAT32), out. */
export const PROBABILITIES = 60;
/** 16 × CLASSES bytes for a rowwise kernel; with FLOAT32 40 × CLASSES + BATCH_BYTES, for a row in doubles too. */
export const SCRATCH = 64;
/** f64[EXAMPLES × CLASSES]: instead of LABELS, logits whose softmax is the target (DISTRIBUTIONS = 1). */
export const LABEL_LOGITS = 68;
/** f64: what gradients are divided by; 1 unless the reduction is a mean. */
export const DENOMINATOR = 72;
/** f64 each: the loss's own options, in the order of its definition; the address of one number a class for a list. */
export const PARAMETERS = 80;
export const PARAMETERS_MAX = 8;
/** 1: the three large tensors are f32. The arithmetic is f64 all the same, and each result is rounded once. */
export const FLOAT32 = 144;
export const BATCH_BYTES = 160;
