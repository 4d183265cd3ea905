using Microsoft.AspNetCore.Http;

namespace Hybrid.Functions.Requests;

/// <summary>JSON answers.</summary>
internal static class Replies
{
    public static IResult Json<T>(T body, int status = StatusCodes.Status200OK) => Results.Json(body, ApiJson.Options, statusCode: status);

    /// <summary>A body that is JSON already.</summary>
    public static IResult Json(byte[] body, int status) => Results.Text(body, "application/json; charset=utf-8", status);
}
