package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Policies from files, refused before any work is done. */
final class PolicyFile {

    private PolicyFile() {}

    static Policy read(Path file, PrintWriter err) {
        try {
            PolicyReader.Reading reading = PolicyReader.read(file.toString(), text(file));
            reading.warnings().forEach(warning -> err.println(file + ": " + warning));
            return reading.policy();
        } catch (RefusedDocument e) {
            throw new WrongInput(e.getMessage() + "\nthe policy %s cannot be used as it is".formatted(file));
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new WrongInput("there is no file %s".formatted(file));
        } catch (CharacterCodingException e) {
            throw new WrongInput("%s is not in UTF-8 (save it as UTF-8)".formatted(file));
        } catch (IOException e) {
            throw new WrongInput("%s cannot be read: %s".formatted(file, e.getMessage()));
        }
    }
}
