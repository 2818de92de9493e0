# mask-rcnn serve. Build it in the root of the repository: docker build --tag mask-rcnn .
FROM node:22-bookworm-slim AS build
# The script of onnxruntime-node would download CUDA libraries, which are not used.
ENV ONNXRUNTIME_NODE_INSTALL=skip
WORKDIR /build
COPY package.json package-lock.json .npmrc* ./
RUN npm ci --ignore-scripts
COPY . .
RUN mkdir /package && npm run build && npm pack --ignore-scripts --pack-destination /package
WORKDIR /app
RUN npm init --yes >/dev/null && npm install --ignore-scripts --no-audit --no-fund \
  /package/*.tgz bullmq@6 ioredis@5 @aws-sdk/client-s3@3

FROM node:22-bookworm-slim
ENV NODE_ENV=production MASK_RCNN_CACHE=/cache
RUN mkdir /cache && chown node:node /cache
COPY --from=build /app /app
USER node
WORKDIR /home/node
VOLUME /cache
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:8080/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/app/node_modules/.bin/mask-rcnn"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
