# Two images: `ci` (the last stage, so the default) has a shell, as GitLab jobs need; `minimal` holds the binary and
# nothing else, for `docker run` and Kubernetes. Neither stage runs anything, so every architecture is built on any
# machine. The binary brings its own certificate authorities.
#
#   docker build .                                   compiles in the image
#   docker build --build-arg BINARY=dist .           takes dist/<architecture>/lockstep, and needs no network
#   docker build --target minimal .
ARG BUILD_IMAGE=docker.io/library/rust:1.95-alpine
ARG BASE_IMAGE=docker.io/library/alpine:3.22@sha256:14358309a308569c32bdc37e2e0e9694be33a9d99e68afb0f5ff33cc1f695dce
ARG BINARY=source

FROM ${BUILD_IMAGE} AS source
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    cargo build --locked --release && install -D target/release/lockstep /lockstep

FROM scratch AS dist
ARG TARGETARCH
COPY dist/${TARGETARCH}/lockstep /lockstep

FROM ${BINARY} AS binary

FROM scratch AS minimal
ARG VERSION=dev
LABEL org.opencontainers.image.title="lockstep" \
      org.opencontainers.image.description="Keeps issues on different trackers telling the same story" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.source="https://github.com/OWNER/lockstep"
COPY --from=binary --chmod=755 /lockstep /usr/local/bin/lockstep
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/lockstep"]
CMD ["--help"]

FROM ${BASE_IMAGE} AS ci
ARG VERSION=dev
LABEL org.opencontainers.image.title="lockstep" \
      org.opencontainers.image.description="Keeps issues on different trackers telling the same story" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.source="https://github.com/OWNER/lockstep"
COPY --from=binary --chmod=755 /lockstep /usr/local/bin/lockstep
# Whoever runs it may write here and in the job's own folders, and nowhere else.
ENV HOME=/tmp
# A number, so that Kubernetes can tell it is not root; group 0, so that folders shared with other users stay writable.
USER 65532:0
ENTRYPOINT ["/usr/local/bin/lockstep"]
CMD ["--help"]
