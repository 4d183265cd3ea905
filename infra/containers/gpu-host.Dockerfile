# The GPU host, for either kind of machine: RUNTIME is cpu or cuda. The build context is the repository's root.
ARG RUNTIME=cpu
# CUDA's and cuDNN's major versions must be those that Microsoft.ML.OnnxRuntime.Gpu was built against; the check below fails when they are not.
ARG CUDA_IMAGE=nvidia/cuda:13.0.0-cudnn-runtime-ubuntu24.04

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish gpu-host/Hybrid.GpuHost.csproj --configuration Release --runtime linux-x64 --no-self-contained \
    --property:HybridPackages=nuget --output /app

# The package brings its GPU providers along, hundreds of megabytes that no CPU can use.
FROM build AS build-cpu
RUN rm -f /app/libonnxruntime_providers_cuda.so /app/libonnxruntime_providers_tensorrt.so

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble AS aspnet

FROM aspnet AS runtime-cpu
COPY --from=build-cpu /app /app

FROM ${CUDA_IMAGE} AS runtime-cuda
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libssl3t64 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 1654 app \
    && useradd --system --uid 1654 --gid app --create-home app
COPY --from=aspnet /usr/share/dotnet /usr/share/dotnet
ENV DOTNET_ROOT=/usr/share/dotnet PATH=/usr/share/dotnet:$PATH
COPY --from=build /app /app
# Every library that the CUDA provider needs is here, but for the driver's own, which the machine brings.
RUN test -f /app/libonnxruntime_providers_cuda.so \
    && ! ldd /app/libonnxruntime_providers_cuda.so | grep 'not found' | grep --invert-match libcuda.so

FROM runtime-${RUNTIME} AS final
WORKDIR /app
RUN mkdir --parents /var/cache/hybrid && chown 1654:1654 /var/cache/hybrid
# Inside a container loopback is nobody; what may reach the port is the network's business. The base image's default port is not ours.
ENV Host__Url=http://0.0.0.0:8090 Weights__CacheDirectory=/var/cache/hybrid ASPNETCORE_HTTP_PORTS=
USER 1654
EXPOSE 8090
# Neither base image has curl.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8090 && printf 'GET /v2/health/live HTTP/1.0\\r\\n\\r\\n' >&3 && head --lines=1 <&3 | grep --quiet ' 200 '"]
ENTRYPOINT ["dotnet", "Hybrid.GpuHost.dll"]
