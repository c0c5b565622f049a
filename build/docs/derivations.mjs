// How each loss comes to its gradient, in a line or two: the pages of the losses show them.
export const derivations = {
  binary_cross_entropy:
    "With p = σ(z), L = −y·log p − (1−y)·log(1−p). dp/dz = p(1−p) cancels the denominators of dL/dp, and p − y is left. Written by log(1+e^z) neither logarithm meets a rounded 0.",
  cross_entropy:
    "−log softmax(z)_y = log Σ_j e^{z_j} − z_y. The first term's derivative by z_j is softmax(z)_j, the second's is 1 where j = y: softmax minus the target.",
  focal:
    "Cross-entropy −log p times q^γ, with q = 1 − p. The product rule gives q^γ times the cross-entropy's gradient, and a second term from q^γ, which is larger the less certain the prediction is.",
  hinge: "m − y·z is a straight line in z with the slope −y; the maximum with 0 cuts it off where the margin is met.",
  huber:
    "Inside δ it is half a square, whose derivative is the error; outside a line with the slope ±δ. Both meet at δ with the same value and slope.",
  jensen_shannon:
    "Both terms compare with the mixture M. Its own derivative drops out, because the probabilities of P and p each sum to 1; what is left goes through the softmax: p_j times how far the log ratio of class j is above its mean.",
  kl_divergence:
    "Cross-entropy less the target's entropy, which does not depend on the logits: the gradient is that of cross-entropy.",
  l1: "|z − y| has the slope −1 below y and 1 above it. At y itself every number between the two is a subgradient.",
  log_cosh: "d log cosh(u)/du = sinh(u)/cosh(u) = tanh(u): the error itself near 0, and ±1 far away.",
  mse: "The derivative of a square is twice its base. With a Gaussian target of constant variance the loss is the negative log-likelihood, but for constants.",
  mse_sigmoid:
    "The chain rule through σ adds the factor σ′(z) = p(1−p). It goes to 0 on both sides, so a confident wrong prediction learns almost nothing.",
  multi_margin:
    "A sum of hinges, one for each rival: each that is inside the margin pushes its own logit down and the label's up.",
  multiclass_hinge:
    "Of all hinges the largest counts: only the best rival and the label have a gradient, of the same size and opposite sign.",
  poisson_nll:
    "−log of e^{yz}·exp(−e^z)/y! is e^z − y·z and log y!, which does not depend on z. The derivative is rate minus count.",
  reverse_kl:
    "R = Σ p·log(p/P). Its gradient by z_j is p_j times (log(p_j/P_j) − R): a class above the mean log ratio goes down.",
  smooth_l1: "Huber's loss divided by β: the slope is (z − y)/β inside and ±1 outside.",
  soft_margin: "log(1 + e^{−u}) with u = y·z has the derivative −σ(−u) by u, and y by the chain rule.",
  softmax_focal:
    "As focal, with p = softmax(z)_y. Its derivative by z_j has p_y(1 − p_y) for the label's class and −p_y·p_j for another.",
  squared_hinge:
    "The square of the missed margin: its slope grows with the miss and is 0 where the margin is met, so there is no kink.",
};
