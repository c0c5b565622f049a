import { asked, type Lesson, ofProbabilities, single } from "./lesson.ts";

const threeClasses = { logits: [[2, 1, 0.1]], labels: [1] };

/** In the order in which one builds on the other. */
export const lessons: readonly Lesson[] = [
  {
    id: "example-1",
    title: "Example 1: one wrong and confident prediction",
    question:
      "The label is y = 1, the logit is z = −2. What is the binary cross-entropy, and what is its derivative by z? What is the derivative of the squared error of σ(z)?",
    parts: [
      single("binary_cross_entropy", "cross-entropy", -2, 1),
      { ...single("mse_sigmoid", "", -2, 1), asked: [asked("gradients", "squared error: gradient", 0)] },
    ],
    insight:
      "Both see the same mistake. Cross-entropy's gradient is σ(z) − y; squared error multiplies twice that by the sigmoid's slope, and is left with a fifth of it.",
    picture: ["Move z on the first page", "?z=-2&y=1"],
  },
  {
    id: "example-2",
    title: "Example 2: three classes",
    question:
      "The logits are [2, 1, 0.1], and the right class is the second one, index 1. What is the cross-entropy, and what is its gradient?",
    parts: [
      {
        loss: "cross_entropy",
        request: threeClasses,
        asked: [
          asked("losses", "loss", 0),
          ...["first", "second", "third"].map((name, i) => asked("gradients", `gradient, ${name} logit`, 0, i)),
        ],
      },
    ],
    insight:
      "The gradient is softmax(z) minus the target: above 0 for a class with too much probability, below 0 for the right one. Its three numbers sum to 0.",
    picture: ["Move the three logits", "why?at=6"],
  },
  {
    id: "example-3",
    title: "Example 3: focal loss against cross-entropy",
    question:
      "Both labels are 1. One prediction is easy, ŷ = 0.95, and one is hard, ŷ = 0.05. What do cross-entropy and focal loss with γ = 2 say of each?",
    parts: [
      ofProbabilities("binary_cross_entropy", ["cross-entropy, easy", "cross-entropy, hard"], [0.95, 0.05], [1, 1]),
      ofProbabilities("focal", ["focal, easy", "focal, hard"], [0.95, 0.05], [1, 1], { gamma: 2 }),
    ],
    insight:
      "The easy example's loss is 400 times smaller, the hard one's by a tenth only: focal loss keeps what is still to be learned.",
    slip: "It is often said that γ = 2 makes easy examples count 100 times less. That is so at ŷ = 0.9. Here, at 0.95, it is 400 times.",
    picture: ["Move γ over the curves", "explore?curve=focal&keep=binary_cross_entropy&z=2.9"],
  },
  {
    id: "practice-1",
    title: "Practice 1: confident and wrong the other way",
    question:
      "Now y = 0 and z = 3. Work out the squared error of σ(z) and the binary cross-entropy, each with its derivative by z.",
    parts: [single("mse_sigmoid", "squared error", 3, 0), single("binary_cross_entropy", "cross-entropy", 3, 0)],
    insight: "Cross-entropy's gradient is 11 times the other one. The surer the mistake, the wider the gap.",
    picture: ["See it on the first page", "?z=3&y=0"],
  },
  {
    id: "proof-2",
    title: "Practice 2: why the gradient is so simple",
    question:
      "Show that cross-entropy of a softmax has the gradient ŷ − y, from the chain rule. The logits [2, 1, 0.1] with class 1 are there to try it: what does the derivative by the first logit come to?",
    parts: [
      { loss: "cross_entropy", request: threeClasses, asked: [asked("gradients", "gradient, first logit", 0, 0)] },
    ],
    insight:
      "−Σⱼ yⱼ·log ŷⱼ has the derivative −yⱼ/ŷⱼ by ŷⱼ, and softmax has ŷⱼ(δⱼₖ − ŷₖ) by zₖ. Their product sums to −yₖ + ŷₖ·Σyⱼ, and the labels sum to 1.",
    picture: ["Its arrows, in picture 6", "why?at=6"],
  },
  {
    id: "practice-3",
    title: "Practice 3: where the hinge is zero",
    question:
      "The hinge loss is max(0, 1 − y·z) with y = +1. What is the loss at z = 0 and at z = 1? What is the derivative at z = 0?",
    parts: [
      {
        loss: "hinge",
        request: { logits: [0, 1], labels: [1, 1], reduction: "none" },
        asked: [
          asked("losses", "loss at z = 0", 0),
          asked("losses", "loss at z = 1", 1),
          asked("gradients", "gradient at z = 0", 0),
        ],
      },
    ],
    insight:
      "From z = 1 on the loss is 0. Left of it the gradient is −1, however near or far: the hinge does not push harder for worse mistakes. At the kink itself the service takes 0.",
    picture: ["See the kink", "explore?curve=hinge&z=0"],
  },
  {
    id: "proof-4",
    title: "Practice 4: telling the truth costs least",
    question:
      "Something is true with probability p = 0.3. What is the expected cross-entropy of saying 0.3, and of saying 0.5?",
    parts: [ofProbabilities("binary_cross_entropy", ["saying 0.3", "saying 0.5"], [0.3, 0.5], [0.3, 0.3])],
    insight:
      "The derivative of −p·log p̂ − (1 − p)·log(1 − p̂) is 0 only at p̂ = p, and the curve bends upwards there. So no other forecast is better on average: that is a proper scoring rule.",
    picture: ["Move p, in picture 8", "why?at=8"],
  },
  {
    id: "practice-5",
    title: "Practice 5: nine to one",
    question:
      "Class 0 is 90 % of the data and class 1 is 10 %. What is the mean cross-entropy of a model that always says [0.9, 0.1]? And of one that always says [1, 0]? (Infinity is a number here: write inf.)",
    parts: [
      ofProbabilities(
        "cross_entropy",
        ["always [0.9, 0.1]", "always [1, 0]"],
        [
          [0.9, 0.1],
          [1, 0],
        ],
        [
          [0.9, 0.1],
          [0.9, 0.1],
        ],
      ),
    ],
    insight:
      "A probability of 0 for what then happens costs infinitely much, and no other example makes up for it. Accuracy is 90 % for both models.",
    slip: "The infinite loss is said to come 1 % of the time. It comes with every example of class 1: 10 % of the time.",
    picture: ["Move what the model says, in picture 9", "why?at=9"],
  },
  {
    id: "quiz-1",
    title: "Quiz 1: what is wrong with squared error after a sigmoid?",
    question: "Why is mean squared error a poor choice for two classes with a sigmoid?",
    choices: {
      words: [
        "It has no derivative",
        "The sigmoid's slope stifles its gradient where the model is surely wrong",
        "It can be below 0",
        "Its targets must be normally distributed",
      ],
      right: 1,
    },
    parts: [
      {
        ...single("mse_sigmoid", "", -5, 1),
        asked: [asked("gradients", "squared error: gradient at z = −5, y = 1", 0)],
      },
      { ...single("binary_cross_entropy", "", -5, 1), asked: [asked("gradients", "cross-entropy: gradient there", 0)] },
    ],
    insight: "The error is nearly 1, yet the slope of the sigmoid is nearly 0, and the gradient is their product.",
    picture: ["Picture 2 shows the two", "why?at=2"],
  },
  {
    id: "quiz-2",
    title: "Quiz 2: the gradient of binary cross-entropy",
    question: "What is the derivative of binary cross-entropy after a sigmoid, by z?",
    choices: { words: ["σ(z)·(1 − σ(z))", "−y·log σ(z)", "σ(z) − y", "(σ(z) − y) / σ′(z)"], right: 2 },
    parts: [
      { ...single("binary_cross_entropy", "", 0, 1), asked: [asked("gradients", "by z, at z = 0 and y = 1", 0)] },
      {
        loss: "binary_cross_entropy",
        request: { probabilities: [0.5], labels: [1] },
        asked: [asked("gradients", "by σ(z), at the same place", 0)],
      },
    ],
    insight: "The slope of the sigmoid cancels. The last answer is the derivative by σ(z), before the chain rule.",
    slip: "The last answer is not the third one written in another way: it is larger by 1/σ′(z), four times at z = 0.",
    picture: ["Picture 2 shows σ(z) − 1", "why?at=2"],
  },
  {
    id: "quiz-3",
    title: "Quiz 3: taking cross-entropy apart",
    question: "Which sum is the cross-entropy H(p, q)?",
    choices: { words: ["H(p) + H(q)", "H(p) − KL(p‖q)", "H(p) + KL(p‖q)", "H(q) + KL(q‖p)"], right: 2 },
    parts: [
      ofProbabilities(
        "cross_entropy",
        ["H(p, q) for p = [0.3, 0.7], q = [0.5, 0.5]", "H(p), which is H(p, p)"],
        [
          [0.5, 0.5],
          [0.3, 0.7],
        ],
        [
          [0.3, 0.7],
          [0.3, 0.7],
        ],
      ),
    ],
    insight:
      "What lies between the two numbers is KL(p‖q). H(p) does not depend on the model, so lowering the cross-entropy lowers the KL divergence.",
    picture: ["Drag the target, in picture 7", "why?at=7"],
  },
  {
    id: "quiz-4",
    title: "Quiz 4: focal loss without focus",
    question: "What is focal loss with γ = 0?",
    choices: { words: ["Hinge loss", "Squared error", "Cross-entropy", "Zero"], right: 2 },
    parts: [
      { ...single("focal", "", -2, 1, { gamma: 0 }), asked: [asked("losses", "focal with γ = 0, z = −2, y = 1", 0)] },
      { ...single("binary_cross_entropy", "", -2, 1), asked: [asked("losses", "cross-entropy there", 0)] },
    ],
    insight: "Anything to the power of 0 is 1, so the factor (1 − p)^γ is gone.",
    picture: ["Lay the two curves over each other", "explore?curve=focal;gamma:0&keep=binary_cross_entropy"],
  },
  {
    id: "quiz-5",
    title: "Quiz 5: the hinge of a negative label",
    question: "The label is y = −1 and z = 0.5. What are the hinge loss and its derivative?",
    parts: [single("hinge", "hinge", 0.5, -1)],
    insight:
      "y·z is −0.5, short of the margin by 1.5. The derivative is −y = 1, so descent moves z down, towards the label.",
    picture: ["See it in Explore", "explore?curve=hinge;label:-1&z=0.5"],
  },
];
