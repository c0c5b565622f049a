# A release pins this by digest: docker build --build-arg NODE_IMAGE=docker.io/library/node@sha256:…
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# The manifests go first, so that a change of source alone installs nothing again.
COPY package.json package-lock.json ./
COPY build/node ./build/node
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional --no-audit --no-fund

FROM ${NODE_IMAGE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="lossd" \
      org.opencontainers.image.description="Losses, gradients and the KL decomposition over HTTP" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
# The files stay root's: the service cannot change its own code even where the root is writable.
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A number, because Kubernetes' runAsNonRoot cannot judge a name.
USER 1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["node", "/app/dist/main.js", "healthcheck"]
# The image is the lossd command. Exec form: a shell as process 1 would swallow SIGTERM and the drain would never begin.
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve"]
