using Hybrid.Contracts.Codec;
using MessagePack;

namespace Hybrid.Contracts.Tasks;

public sealed partial record GenerateRequest : IWire<GenerateRequest>
{
    public static void Write(ref MessagePackWriter writer, GenerateRequest value)
    {
        writer.WriteArrayHeader(6);
        writer.Write(value.Model);
        writer.WriteList(value.Messages, ChatMessage.Write);
        writer.WriteList(value.Documents, ContextDocument.Write);
        writer.Write(value.MaxTokens);
        writer.WriteTexts(value.Stop);
        Sampling.Write(ref writer, value.Sampling);
    }

    public static GenerateRequest Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(6);
        var request = new GenerateRequest(
            reader.ReadName(),
            reader.ReadList(ChatMessage.Read),
            reader.ReadList(ContextDocument.Read),
            reader.ReadInt32(),
            reader.ReadTexts(),
            Sampling.Read(ref reader));
        reader.SkipFields(unknown);
        return request;
    }
}

public sealed partial record ChatMessage : IWire<ChatMessage>
{
    public static void Write(ref MessagePackWriter writer, ChatMessage value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Role);
        writer.Write(value.Content);
    }

    public static ChatMessage Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(2);
        var message = new ChatMessage(reader.ReadName(), reader.ReadText());
        reader.SkipFields(unknown);
        return message;
    }
}

public sealed partial record ContextDocument : IWire<ContextDocument>
{
    public static void Write(ref MessagePackWriter writer, ContextDocument value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Title);
        writer.Write(value.Text);
    }

    public static ContextDocument Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(2);
        var document = new ContextDocument(reader.ReadText(), reader.ReadText());
        reader.SkipFields(unknown);
        return document;
    }
}

public sealed partial record Sampling : IWire<Sampling>
{
    public static void Write(ref MessagePackWriter writer, Sampling value)
    {
        writer.WriteArrayHeader(4);
        writer.Write(value.Temperature);
        writer.Write(value.TopP);
        writer.Write(value.TopK);
        if (value.Seed is { } seed)
        {
            writer.Write(seed);
        }
        else
        {
            writer.WriteNil();
        }
    }

    public static Sampling Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(4);
        var sampling = new Sampling(
            reader.ReadSingle(), reader.ReadSingle(), reader.ReadInt32(), reader.TryReadNil() ? null : reader.ReadInt64());
        reader.SkipFields(unknown);
        return sampling;
    }
}

public sealed partial record GenerateReply : IWire<GenerateReply>
{
    public static void Write(ref MessagePackWriter writer, GenerateReply value)
    {
        writer.WriteArrayHeader(7);
        writer.Write(value.Model);
        writer.Write(value.Version);
        writer.Write(value.Text);
        writer.WriteEnum(value.FinishReason);
        writer.Write(value.PromptTokens);
        writer.Write(value.CompletionTokens);
        Timings.Write(ref writer, value.Timings);
    }

    public static GenerateReply Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(7);
        var reply = new GenerateReply(
            reader.ReadName(),
            reader.ReadInt32(),
            reader.ReadText(),
            reader.ReadEnum<FinishReason>(),
            reader.ReadInt32(),
            reader.ReadInt32(),
            Timings.Read(ref reader));
        reader.SkipFields(unknown);
        return reply;
    }
}
