using Azure;
using Hybrid.Contracts.Errors;
using Hybrid.Functions.Requests;
using Hybrid.Functions.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions.Errors;

/// <summary>
/// No exception leaves an HTTP function: the Functions host would answer 500 with an empty body. Other triggers pass
/// through untouched; there an exception is how a host learns to try again.
/// </summary>
internal sealed class ErrorMiddleware(IOptions<StreamingOptions> streaming, TimeProvider time, ILogger<ErrorMiddleware> logger) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next) =>
        context.GetHttpContext() is { } http ? InvokeAsync(context, http, next) : next(context);

    private async Task InvokeAsync(FunctionContext context, HttpContext http, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            var error = ErrorMapping.From(exception);
            Report(context.FunctionDefinition.Name, http.Features.Get<ApiCall>()?.RequestId ?? "", error, exception);
            if (EventStream.HasBegun(http.Response) && error.Code != ErrorCode.Cancelled)
            {
                await new EventStream(http.Response, streaming.Value.ReadTimeout, time).SendAsync(ErrorBody.Of(error));
                return;
            }

            if (http.Response.HasStarted || error.Code == ErrorCode.Cancelled)
            {
                http.Abort();
                return;
            }

            await ErrorBody.WriteAsync(http.Response, error);
        }
    }

    private void Report(string function, string requestId, Error error, Exception exception)
    {
        if (exception is RequestFailedException storage)
        {
            Log.StorageFailed(logger, function, storage.Status, storage.ErrorCode, requestId);
        }
        else if (error.Code == ErrorCode.Internal)
        {
            Log.FunctionFailed(logger, function, requestId, exception);
        }
        else
        {
            Log.Refused(logger, function, error.Code, requestId, error.Message);
        }
    }
}
