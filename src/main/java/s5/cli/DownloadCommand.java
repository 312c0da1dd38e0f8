package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.DataConfig;
import s5.config.Key;
import s5.config.Messages;
import s5.download.Downloader;
import s5.download.Http;
import s5.download.RemoteFile;

import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code s5 download NAME... [data.root=data] [base_url=URL]}: gets the data sets' raw files. */
@Command(
        name = "download",
        customSynopsis = "s5 download NAME... [data.root=data] [base_url=URL]",
        description = "Get the raw files of data sets; goes on where it was broken off.")
public final class DownloadCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "NAME: a data set's, or that of what it is published in; or all. Without one, the"
                        + " names are listed",
                "data.root=data: the folder that gets the data sets' own folders",
                "base_url=URL: a folder on a server that has the files, in place of the official"
                        + " ones"
            })
    private List<String> words = List.of();

    /** Options of this command. */
    record Options(
            Data data,
            @Key(value = "where all files are, in place of the official addresses", unset = "none")
                    String baseUrl) {}

    /** As in a config. */
    record Data(
            @Key(value = "the folder that gets the data sets' own folders", unset = DataConfig.ROOT)
                    String root) {
        Data {
            Config.checkPath("data.root", root);
        }
    }

    DownloadCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Options options = ConfigLoader.options(Options.class, given.settings());
        List<RemoteFile> wanted = Catalog.named(given.operands());
        Path root = Words.path(options.data().root());
        PrintWriter out = spec.commandLine().getOut();
        new Downloader(root, base(options.baseUrl()), out).get(wanted);
        return 0;
    }

    private static Optional<URI> base(String url) {
        if (url.equals("none")) {
            return Optional.empty();
        }
        try {
            URI base = new URI(url.endsWith("/") ? url : url + "/");
            // The names of files are added to it, and nothing of it may be left out.
            boolean folder =
                    base.getRawQuery() == null
                            && base.getRawFragment() == null
                            && base.getRawUserInfo() == null;
            if (folder && Http.isAddress(base)) {
                return Optional.of(base);
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new UserError(
                "base_url: %s is no address of a folder, such as https://host/folder"
                        .formatted(Messages.quoted(url)));
    }
}
