using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Endpoints.OpenInference;

/// <summary>The Open Inference Protocol v2, spoken as its clients do.</summary>
public sealed class OpenInferenceTests(DemoHost demo)
{
    private const string HeaderLength = "Inference-Header-Content-Length";
    private const string SumPath = "/v2/models/sum/infer";

    [Theory]
    [InlineData("/v2", """{"name":"hybrid-gpu-host"}""")]
    [InlineData("/v2/health/live", """{"live":true}""")]
    [InlineData("/v2/health/ready", """{"ready":true,"failed":{}}""")]
    [InlineData("/v2/models/sum/ready", """{"name":"sum","ready":true}""")]
    [InlineData("/v2/models/sum/versions/1/ready", """{"name":"sum","ready":true}""")]
    [InlineData("/v2/models/sum/labels/stable/ready", """{"name":"sum","ready":true}""")]
    [InlineData("/v2/models/sum", """
        {"name":"sum","versions":["1"],"platform":"onnxruntime_onnx",
         "inputs":[{"name":"a","datatype":"FP32","shape":[-1,3]},{"name":"b","datatype":"FP32","shape":[-1,3]},{"name":"label","datatype":"BYTES","shape":[-1]}],
         "outputs":[{"name":"y","datatype":"FP32","shape":[-1,3]},{"name":"echo","datatype":"BYTES","shape":[-1]}]}
        """)]
    public async Task Get_Metadata_HasTheProtocolsFields(string path, string expected)
    {
        var answer = JsonNode.Parse(await demo.Host.Client.GetStringAsync(path, TestContext.Current.CancellationToken))!.AsObject();

        Assert.All(JsonNode.Parse(expected)!.AsObject(), field => Assert.True(JsonNode.DeepEquals(field.Value, answer[field.Key]), $"{field.Key}: {answer[field.Key]}"));
    }

    [Theory]
    [InlineData("/v2/models/nope")]
    [InlineData("/v2/models/nope/ready")]
    [InlineData("/v2/models/sum/versions/2")]
    [InlineData("/v2/models/sum/versions/x/ready")]
    [InlineData("/v2/models/sum/labels/canary")]
    [InlineData("/v2/models/nope/labels/stable/ready")]
    public async Task Get_WhatIsNotThere_Is404WithAnError(string path)
    {
        var response = await demo.Host.Client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.NotEmpty(await ErrorAsync(response));
    }

    [Fact]
    public async Task Infer_Json_AnswersInJson()
    {
        var response = await PostAsync(SumPath, """
            {"id":"42","inputs":[
              {"name":"a","shape":[2,3],"datatype":"FP32","data":[[1,2,3],[4,5,6.5]]},
              {"name":"b","shape":[2,3],"datatype":"FP32","data":[1,1,1,1,1,1]},
              {"name":"label","shape":[2],"datatype":"BYTES","data":["x","ü"]}]}
            """);

        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"model_name":"sum","model_version":"1","id":"42","outputs":[
                  {"name":"y","datatype":"FP32","shape":[2,3],"data":[2,3,4,5,6,7.5]},
                  {"name":"echo","datatype":"BYTES","shape":[2],"data":["x","ü"]}]}
                """),
            JsonNode.Parse(await BodyAsync(response))));
    }

    [Fact]
    public async Task Infer_Binary_GoesAndComesBehindTheJson()
    {
        var json = Encoding.UTF8.GetBytes("""
            {"inputs":[
              {"name":"a","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}},
              {"name":"label","shape":[1],"datatype":"BYTES","data":["x"]},
              {"name":"b","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}}],
             "parameters":{"binary_data_output":true},
             "outputs":[{"name":"echo","parameters":{"binary_data":false}},{"name":"y"}]}
            """);
        byte[] tail = [.. MemoryMarshal.AsBytes<float>([1f, 2, 3]), .. MemoryMarshal.AsBytes<float>([0.5f, 0.5f, 0.5f])];

        var response = await demo.Host.SendAsync(SumPath, [.. json, .. tail], (HeaderLength, $"{json.Length}"));

        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var length = int.Parse(response.Headers.GetValues(HeaderLength).Single(), null);
        var header = JsonNode.Parse(body.AsSpan(0, length))!;
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("echo", (string)header["outputs"]![0]!["name"]!);
        Assert.Equal(12, (int)header["outputs"]![1]!["parameters"]!["binary_data_size"]!);
        Assert.Equal([1.5f, 2.5f, 3.5f], MemoryMarshal.Cast<byte, float>(body.AsSpan(length)).ToArray());
    }

    [Theory]
    [InlineData("no JSON", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("""{"inputs":5}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"inputs":[{"name":"a","shape":[1,3],"datatype":"FLOAT","data":[1,2,3]}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"inputs":[{"name":"a","shape":[1,3],"datatype":"FP32","data":[1,2]}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"inputs":[{"name":"a","shape":[1,3],"datatype":"FP32","data":[1,2,"x"]}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"inputs":[{"name":"a","shape":[-1,3],"datatype":"FP32","data":[1,2,3]}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"inputs":[{"name":"a","shape":[2147483647,2147483647],"datatype":"FP32","data":[1]}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"inputs":[{"name":"a","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"inputs":[{"name":"a","shape":[1,3],"datatype":"INT8","data":[1,2,300]}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"inputs":[{"name":"a","shape":[1],"datatype":"FP16","data":[1]}]}""", HttpStatusCode.BadRequest)]
    public async Task Infer_Wrong_IsTheProtocolsError(string body, HttpStatusCode status)
    {
        var response = await PostAsync(SumPath, body);

        Assert.Equal(status, response.StatusCode);
        Assert.NotEmpty(await ErrorAsync(response));
    }

    [Fact]
    public async Task Infer_HeaderLengthOverTheBody_IsRefused()
    {
        var response = await demo.Host.SendAsync(SumPath, "{}"u8.ToArray(), (HeaderLength, "3"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Infer_UnknownModel_Is404() =>
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("/v2/models/nope/infer", """{"inputs":[]}""")).StatusCode);

    [Fact]
    public async Task Infer_ResultThatJsonCannotSay_IsOfferedAsBinary()
    {
        var response = await PostAsync(SumPath, """
            {"inputs":[
              {"name":"a","shape":[1,3],"datatype":"FP32","data":[3e38,1,1]},
              {"name":"b","shape":[1,3],"datatype":"FP32","data":[3e38,1,1]},
              {"name":"label","shape":[1],"datatype":"BYTES","data":["x"]}]}
            """);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("binary", await ErrorAsync(response), StringComparison.Ordinal);
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await BodyAsync(response));
        return document.RootElement.GetProperty("error").GetString()!;
    }

    private static Task<string> BodyAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> PostAsync(string path, string json) => demo.Host.SendAsync(path, Encoding.UTF8.GetBytes(json));
}
