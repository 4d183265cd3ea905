using System.Buffers.Binary;
using System.Security.Cryptography;
using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Orchestrations.Tests.Retrieval;

public sealed class IndexFormatTests
{
    public static TheoryData<int, int> Sizes => new() { { 0, 1 }, { 0, 384 }, { 1, 1 }, { 3, 7 }, { 60, 256 }, { 1000, 16 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Read_WhatWasWritten_IsTheSameIndex(int count, int dimensions)
    {
        var index = VectorIndex.Empty("some-model", dimensions).Upsert(Vectors.Rows(count, dimensions, 5));

        var read = IndexFormat.Read(IndexFormat.Write(index));

        Assert.Equal((index.Model, index.Dimensions, index.Count), (read.Model, read.Dimensions, read.Count));
        Assert.All(Enumerable.Range(0, count), row =>
        {
            Assert.Equal(index.Vector(row), read.Vector(row));
            Assert.Equal(index.Documents[row] with { Metadata = read.Documents[row].Metadata }, read.Documents[row]);
            Assert.Equal(index.Documents[row].Metadata, read.Documents[row].Metadata);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("日本語 \U0001F600 \0 \r\n \"quoted\"")]
    public void Read_TextsOfEveryKind_AreTheSame(string text)
    {
        var document = new IndexedDocument("id", text, text, new Dictionary<string, string> { [text] = text });
        var index = VectorIndex.Empty("m", 1).Upsert([new IndexedRow(document, new float[] { 1 })]);

        var read = IndexFormat.Read(IndexFormat.Write(index)).Documents[0];

        Assert.Equal((text, text, text), (read.Title, read.Text, read.Metadata[text]));
    }

    [Fact]
    public void Read_WithAnyByteChanged_IsRefused()
    {
        var bytes = IndexFormat.Write(VectorIndex.Empty("m", 2).Upsert(Vectors.Rows(3, 2, 1)));
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x41;
            Assert.Throws<InvalidDataException>(() => IndexFormat.Read(damaged));
        }
    }

    [Fact]
    public void Read_CutAnywhereOrWithMoreBehind_IsRefused()
    {
        var bytes = IndexFormat.Write(VectorIndex.Empty("m", 2).Upsert(Vectors.Rows(3, 2, 1)));

        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Throws<InvalidDataException>(() => IndexFormat.Read(bytes.AsSpan(0, length))));
        Assert.Throws<InvalidDataException>(() => IndexFormat.Read([.. bytes, 0]));
    }

    [Fact]
    public void Read_OfALaterVersion_SaysSo()
    {
        var bytes = IndexFormat.Write(VectorIndex.Empty("m", 2));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), 2);

        var refused = Assert.Throws<InvalidDataException>(() => IndexFormat.Read(bytes));
        Assert.Contains("version 2", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A forger can make the checksum fit; then every length is still checked before memory is asked for.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(16)]
    public void Read_WithAForgedCount_IsRefusedWithoutBelievingIt(int offset)
    {
        var bytes = IndexFormat.Write(VectorIndex.Empty("m", 2).Upsert(Vectors.Rows(3, 2, 1)));
        foreach (var count in (uint[])[0x7fff_ffff, 0xffff_ffff])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), count);
            SHA256.HashData(bytes.AsSpan(..^32), bytes.AsSpan(^32..));
            Assert.Throws<InvalidDataException>(() => IndexFormat.Read(bytes));
        }
    }
}
